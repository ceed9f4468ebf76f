/// Every operator this project calls. One test compares their schemas with the ones this was written against, so a newer torch
/// that changed one is named at once.
extension Op {
  // Making
  static let empty = Op("aten::empty.memory_format")
  static let full = Op("aten::full")
  static let zeros = Op("aten::zeros")
  static let ones = Op("aten::ones")
  static let arange = Op("aten::arange.start_step")
  static let randn = Op("aten::randn.generator")
  static let rand = Op("aten::rand.generator")
  static let randint = Op("aten::randint.low_generator")
  static let normalInPlace = Op("aten::normal_")
  static let uniformInPlace = Op("aten::uniform_")
  static let toCopy = Op("aten::_to_copy")
  static let clone = Op("aten::clone")
  static let detach = Op("aten::detach")
  static let contiguous = Op("aten::contiguous")
  static let copyInPlace = Op("aten::copy_")

  // Arithmetic
  static let add = Op("aten::add.Tensor")
  static let addScalar = Op("aten::add.Scalar")
  static let sub = Op("aten::sub.Tensor")
  static let subScalar = Op("aten::sub.Scalar")
  static let mul = Op("aten::mul.Tensor")
  static let mulScalar = Op("aten::mul.Scalar")
  static let div = Op("aten::div.Tensor")
  static let divScalar = Op("aten::div.Scalar")
  static let rsub = Op("aten::rsub.Scalar")
  static let neg = Op("aten::neg")
  static let pow = Op("aten::pow.Tensor_Scalar")
  static let powScalar = Op("aten::pow.Scalar")
  static let sqrt = Op("aten::sqrt")
  static let rsqrt = Op("aten::rsqrt")
  static let exp = Op("aten::exp")
  static let log = Op("aten::log")
  static let sin = Op("aten::sin")
  static let cos = Op("aten::cos")
  static let tanh = Op("aten::tanh")
  static let sigmoid = Op("aten::sigmoid")
  static let abs = Op("aten::abs")
  static let round = Op("aten::round")
  static let floor = Op("aten::floor")
  static let reciprocal = Op("aten::reciprocal")
  static let clamp = Op("aten::clamp")
  static let addInPlace = Op("aten::add_.Tensor")
  static let mulInPlace = Op("aten::mul_.Tensor")
  static let mulScalarInPlace = Op("aten::mul_.Scalar")
  static let addcmul = Op("aten::addcmul")

  // Comparing
  static let equal = Op("aten::eq.Tensor")
  static let less = Op("aten::lt.Tensor")
  static let lessScalar = Op("aten::lt.Scalar")
  static let greaterScalar = Op("aten::gt.Scalar")
  static let `where` = Op("aten::where.self")
  static let isFinite = Op("aten::isfinite")
  static let all_ = Op("aten::all")

  // Matrices
  static let linear = Op("aten::linear")
  static let matmul = Op("aten::matmul")
  static let mm = Op("aten::mm")
  static let bmm = Op("aten::bmm")
  static let qr = Op("aten::linalg_qr")

  // Shapes
  static let reshape = Op("aten::reshape")
  static let permute = Op("aten::permute")
  static let transpose = Op("aten::transpose.int")
  static let unsqueeze = Op("aten::unsqueeze")
  static let squeeze = Op("aten::squeeze.dim")
  static let expand = Op("aten::expand")
  static let narrow = Op("aten::narrow")
  static let select = Op("aten::select.int")
  static let cat = Op("aten::cat")
  static let stack = Op("aten::stack")
  static let chunk = Op("aten::chunk")
  static let flatten = Op("aten::flatten.using_ints")
  static let `repeat` = Op("aten::repeat")
  static let repeatInterleave = Op("aten::repeat_interleave.self_int")
  static let indexSelect = Op("aten::index_select")
  static let pad = Op("aten::constant_pad_nd")

  // Reducing
  static let sum = Op("aten::sum")
  static let sumOver = Op("aten::sum.dim_IntList")
  static let mean = Op("aten::mean")
  static let meanOver = Op("aten::mean.dim")
  static let variance = Op("aten::var.correction")
  static let maximum = Op("aten::maximum")
  static let maximumOver = Op("aten::amax")
  static let argmax = Op("aten::argmax")
  static let softmax = Op("aten::softmax.int")
  static let logSoftmax = Op("aten::log_softmax.int")
  static let vectorNorm = Op("aten::linalg_vector_norm")

  // Layers
  static let layerNorm = Op("aten::layer_norm")
  static let groupNorm = Op("aten::group_norm")
  static let rmsNorm = Op("aten::rms_norm")
  static let gelu = Op("aten::gelu")
  static let silu = Op("aten::silu")
  static let relu = Op("aten::relu")
  static let conv2d = Op("aten::conv2d")
  static let embedding = Op("aten::embedding")
  static let attention = Op("aten::scaled_dot_product_attention")
  static let upsampleNearest2d = Op("aten::upsample_nearest2d")
  static let upsampleBilinear2d = Op("aten::upsample_bilinear2d")
  static let upsampleBilinear2dAntialiased = Op("aten::_upsample_bilinear2d_aa")
  static let maxPool2d = Op("aten::max_pool2d")
  static let reflectionPad2d = Op("aten::reflection_pad2d")

  // Optimising
  static let fusedAdamW = Op("aten::_fused_adamw_")

  /// All of the above.
  public static let all: [Op] = [
    .empty, .full, .zeros, .ones, .arange, .randn, .rand, .randint, .normalInPlace, .uniformInPlace, .toCopy, .clone, .detach,
    .contiguous, .copyInPlace, .add, .addScalar, .sub, .subScalar, .mul, .mulScalar, .div, .divScalar, .rsub, .neg, .pow,
    .powScalar, .sqrt, .rsqrt, .exp, .log, .sin, .cos, .tanh, .sigmoid, .abs, .round, .floor, .reciprocal, .clamp,
    .addInPlace, .mulInPlace, .mulScalarInPlace, .addcmul, .equal, .less, .lessScalar, .greaterScalar, .where, .isFinite,
    .all_, .linear, .matmul, .mm, .bmm, .qr, .reshape, .permute, .transpose, .unsqueeze, .squeeze, .expand,
    .narrow, .select, .cat, .stack, .chunk, .flatten, .repeat, .repeatInterleave, .indexSelect, .pad, .sum, .sumOver, .mean,
    .meanOver, .variance, .maximum, .maximumOver, .argmax, .softmax, .logSoftmax, .vectorNorm, .layerNorm, .groupNorm, .rmsNorm,
    .gelu,
    .silu, .relu, .conv2d, .embedding, .attention, .upsampleNearest2d, .upsampleBilinear2d, .upsampleBilinear2dAntialiased,
    .maxPool2d, .reflectionPad2d, .fusedAdamW,
  ]
}
