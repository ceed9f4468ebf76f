extension Tensor {
  /// self · weightᵀ + bias. Shapes: [..., in], [out, in], [out].
  public func linear(_ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
    Op.linear(.tensor(self), .tensor(weight), .optional(bias))
  }
  /// Matrix product over the last two dimensions, the others broadcast.
  public func matmul(_ other: Tensor) -> Tensor { Op.matmul(.tensor(self), .tensor(other)) }
  public func mm(_ other: Tensor) -> Tensor { Op.mm(.tensor(self), .tensor(other)) }
  public func bmm(_ other: Tensor) -> Tensor { Op.bmm(.tensor(self), .tensor(other)) }
  /// Orthonormal columns that span what this matrix's columns span, [m, min(m, n)] of [m, n] (Q of its QR decomposition).
  public func orthonormalColumns() -> Tensor { Op.qr.tensors([.tensor(self), .string("reduced")], expecting: 2)[0] }
  /// u · diag(values) · vᵀ of [m, n], values falling: u [m, k], values [k], vᵀ [k, n] with k the smaller of m and n.
  public func singularValues() -> (u: Tensor, values: Tensor, vTransposed: Tensor) {
    let parts = Op.svd.tensors([.tensor(self), .bool(false), .none], expecting: 3)
    return (parts[0], parts[1], parts[2])
  }

  /// Normalises over the last dimensions, whose sizes are given.
  public func layerNorm(_ sizes: [Int], weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double) -> Tensor {
    Op.layerNorm(
      [.tensor(self), .ints(sizes), .optional(weight), .optional(bias), .double(epsilon)], metaShape: shape, of: self)
  }
  /// Divides by the root mean square over the last dimension.
  public func rmsNorm(_ size: Int, weight: Tensor? = nil, epsilon: Double) -> Tensor {
    Op.rmsNorm(.tensor(self), .ints([size]), .optional(weight), .double(epsilon))
  }
  /// Normalises groups of channels of [B, C, ...].
  public func groupNorm(_ groups: Int, weight: Tensor? = nil, bias: Tensor? = nil, epsilon: Double) -> Tensor {
    Op.groupNorm(
      [.tensor(self), .int(groups), .optional(weight), .optional(bias), .double(epsilon)], metaShape: shape, of: self)
  }

  public func gelu(tanh: Bool = false) -> Tensor { Op.gelu(.tensor(self), .string(tanh ? "tanh" : "none")) }
  public func silu() -> Tensor { Op.silu(.tensor(self)) }
  public func relu() -> Tensor { Op.relu(.tensor(self)) }

  /// Convolution of [B, C, H, W] by [out, C, h, w].
  public func conv2d(_ weight: Tensor, _ bias: Tensor? = nil, stride: Int = 1, padding: Int = 0, groups: Int = 1) -> Tensor {
    func side(_ dimension: Int) -> Int { (size(dimension) + 2 * padding - weight.size(dimension)) / stride + 1 }
    return Op.conv2d(
      [
        .tensor(self), .tensor(weight), .optional(bias), .ints([stride, stride]), .ints([padding, padding]), .ints([1, 1]),
        .int(groups),
      ], metaShape: [size(0), weight.size(0), side(2), side(3)], of: self)
  }
  /// Rows of this table [V, D] by index.
  public func embedding(_ indices: Tensor) -> Tensor {
    Op.embedding([.tensor(self), .tensor(indices)], metaShape: indices.shape + [size(1)], of: self)
  }

  /// softmax(self · keysᵀ · scale + mask) · values; shapes [B, H, L, D], the mask broadcastable to [B, H, L, S].
  public func attention(
    _ keys: Tensor, _ values: Tensor, mask: Tensor? = nil, causal: Bool = false, scale: Double? = nil
  ) -> Tensor {
    Op.attention(
      [.tensor(self), .tensor(keys), .tensor(values), .optional(mask), .double(0), .bool(causal), .optional(scale)],
      metaShape: Array(shape.dropLast()) + [values.size(-1)], of: self)
  }

  /// Nearest-neighbour enlargement of [B, C, H, W].
  public func upsampledNearest(height: Int, width: Int) -> Tensor {
    Op.upsampleNearest2d(.tensor(self), .ints([height, width]))
  }
  /// Bilinear resize of [B, C, H, W], pixel centres aligned as in `align_corners=False`.
  public func resizedBilinear(height: Int, width: Int, antialias: Bool = false) -> Tensor {
    let op = antialias ? Op.upsampleBilinear2dAntialiased : Op.upsampleBilinear2d
    return op(.tensor(self), .ints([height, width]), .bool(false))
  }
  public func maxPool2d(_ size: Int, stride: Int) -> Tensor {
    Op.maxPool2d(.tensor(self), .ints([size, size]), .ints([stride, stride]))
  }
}
