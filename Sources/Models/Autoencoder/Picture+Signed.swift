import LoRWeBPictures
import LoRWeBTorch

extension Tensor {
  /// A picture's colours as an autoencoder takes them, float32 [1, 3, H, W], −1 to 1; its alpha is left out.
  public static func signed(_ picture: Picture) -> Tensor {
    Tensor(samples: picture).permuted([2, 0, 1]).unsqueezed(0).to(.float32).contiguous() / 127.5 - 1
  }
}

extension Picture {
  /// The picture of what an autoencoder decoded, floating-point [1, 3, H, W], values clamped to −1 to 1.
  ///
  /// - Throws: `ModelError.badInput` for another shape, type or values that are not finite; `TorchError`.
  public init(signed tensor: Tensor) throws {
    guard tensor.shape.count == 4, tensor.size(0) == 1 else {
      throw ModelError.badInput("A picture is made of one decoded tensor [1, 3, height, width], got \(tensor).")
    }
    try self.init(unit: try withTorchErrors { (tensor.to(.float32).squeezed(0) + 1) / 2 })
  }
}
