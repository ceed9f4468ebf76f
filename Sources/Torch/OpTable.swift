/// Every operator this project calls, by its name in libtorch's dispatcher without `aten::`: `name` or `name.overload`. One test
/// compares their schemas with the ones this was written against, so a newer torch that changed one is named at once.
public enum Op: String, CaseIterable, Sendable {
  // Making
  case empty = "empty.memory_format"
  case full, zeros, ones
  case arange = "arange.start_step"
  case randn = "randn.generator"
  case rand = "rand.generator"
  case randint = "randint.low_generator"
  case normalInPlace = "normal_"
  case uniformInPlace = "uniform_"
  case toCopy = "_to_copy"
  case clone, detach, contiguous
  case copyInPlace = "copy_"

  // Arithmetic
  case add = "add.Tensor"
  case addScalar = "add.Scalar"
  case sub = "sub.Tensor"
  case subScalar = "sub.Scalar"
  case mul = "mul.Tensor"
  case mulScalar = "mul.Scalar"
  case div = "div.Tensor"
  case divScalar = "div.Scalar"
  case rsub = "rsub.Scalar"
  case neg
  case pow = "pow.Tensor_Scalar"
  case powScalar = "pow.Scalar"
  case sqrt, rsqrt, exp, log, sin, cos, tanh, sigmoid, abs, round, floor, reciprocal, clamp
  case addInPlace = "add_.Tensor"
  case mulInPlace = "mul_.Tensor"
  case mulScalarInPlace = "mul_.Scalar"
  case addcmul

  // Comparing
  case equal = "eq.Tensor"
  case less = "lt.Tensor"
  case lessScalar = "lt.Scalar"
  case greaterScalar = "gt.Scalar"
  case `where` = "where.self"
  case isFinite = "isfinite"
  case all

  // Matrices
  case linear, matmul, mm, bmm
  case qr = "linalg_qr"
  case svd = "linalg_svd"

  // Shapes
  case reshape, permute
  case transpose = "transpose.int"
  case unsqueeze
  case squeeze = "squeeze.dim"
  case expand, narrow
  case select = "select.int"
  case cat, stack, chunk
  case flatten = "flatten.using_ints"
  case `repeat`
  case repeatInterleave = "repeat_interleave.self_int"
  case indexSelect = "index_select"
  case pad = "constant_pad_nd"

  // Reducing
  case sum
  case sumOver = "sum.dim_IntList"
  case mean
  case meanOver = "mean.dim"
  case variance = "var.correction"
  case maximum
  case maximumOver = "amax"
  case argmax
  case softmax = "softmax.int"
  case logSoftmax = "log_softmax.int"
  case vectorNorm = "linalg_vector_norm"

  // Layers
  case layerNorm = "layer_norm"
  case groupNorm = "group_norm"
  case rmsNorm = "rms_norm"
  case gelu, silu, relu, conv2d, embedding
  case attention = "scaled_dot_product_attention"
  case upsampleNearest2d = "upsample_nearest2d"
  case upsampleBilinear2d = "upsample_bilinear2d"
  case upsampleBilinear2dAntialiased = "_upsample_bilinear2d_aa"
  case maxPool2d = "max_pool2d"
  case reflectionPad2d = "reflection_pad2d"

  // Optimising
  case fusedAdamW = "_fused_adamw_"
}
