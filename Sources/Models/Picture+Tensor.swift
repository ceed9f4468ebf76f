import LoRWeBPictures
import LoRWeBTorch

extension Tensor {
  /// A picture's colours as uint8 [H, W, 3]; its alpha is left out.
  public convenience init(samples picture: Picture) {
    self.init(picture.pixels, shape: [picture.height, picture.width, Picture.channels])
  }

  /// A picture's colours as float32 [3, H, W], 0 to 1; its alpha is left out.
  public static func unit(_ picture: Picture) -> Tensor {
    (Tensor(samples: picture).to(.float64) / 255).to(.float32).permuted([2, 0, 1])
  }

  /// A picture's colours as an autoencoder takes them, float32 [1, 3, H, W], −1 to 1; its alpha is left out.
  public static func signed(_ picture: Picture) -> Tensor {
    Tensor(samples: picture).permuted([2, 0, 1]).unsqueezed(0).to(.float32).contiguous() / 127.5 - 1
  }
}

extension Picture {
  /// A picture from uint8 [H, W, 3].
  /// - Throws: `ModelError.badInput` for another shape or type; `TorchError`.
  public init(samples: Tensor) throws {
    let shape = samples.shape
    guard shape.count == 3, shape[2] == Picture.channels, samples.dtype == .uint8 else {
      throw ModelError.badInput("A picture's samples are uint8 [height, width, 3], got \(samples).")
    }
    let pixels = try withTorchErrors { samples.array(of: UInt8.self) }
    try self.init(width: shape[1], height: shape[0], pixels: pixels)
  }

  /// A picture from floating-point [3, H, W], values clamped to 0 to 1.
  /// - Parameter rounding: how 255 times a value becomes a level: `.toNearestOrEven` for pictures to look at, as diffusers rounds;
  ///   `.towardZero` as transformers' processors and so the authors' training quantise floats.
  /// - Throws: `ModelError.badInput` for another shape, type or values that are not finite; `TorchError`.
  public init(unit tensor: Tensor, rounding: FloatingPointRoundingRule = .toNearestOrEven) throws {
    let shape = tensor.shape
    guard shape.count == 3, shape[0] == Picture.channels, tensor.dtype.isFloatingPoint else {
      throw ModelError.badInput("A picture is made of floating-point numbers [3, height, width], got \(tensor).")
    }
    let samples = try withTorchErrors {
      // Through fp64 and back, as numpy does it: products just below a whole number round up to it in fp32.
      let levels = (tensor.to(.float64).clamped(0, 1) * 255).to(.float32)
      guard levels.isFinite().all() else {
        throw ModelError.badInput("A picture can't be made of \(tensor): some values are not finite numbers.")
      }
      let whole = rounding == .towardZero ? levels.floor() : levels.rounded()
      return whole.to(.uint8).permuted([1, 2, 0]).contiguous()
    }
    try self.init(samples: samples)
  }

  /// The picture of what an autoencoder decoded, floating-point [1, 3, H, W], values clamped to −1 to 1.
  /// - Throws: `ModelError.badInput` for another shape, type or values that are not finite; `TorchError`.
  public init(signed tensor: Tensor) throws {
    guard tensor.shape.count == 4, tensor.size(0) == 1 else {
      throw ModelError.badInput("A picture is made of one decoded tensor [1, 3, height, width], got \(tensor).")
    }
    try self.init(unit: try withTorchErrors { (tensor.to(.float32).squeezed(0) + 1) / 2 })
  }
}
