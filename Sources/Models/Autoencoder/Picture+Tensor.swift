import LoRWeBPictures
import LoRWeBTorch

extension Picture {
  /// The pixels as an autoencoder takes them: [1, 3, H, W] in fp32, 0...255 as −1...1.
  public func tensor() -> Tensor {
    let samples = Tensor(pixels, shape: [1, height, width, Picture.channels]).permuted([0, 3, 1, 2])
    return samples.to(.float32).contiguous() / 127.5 - 1
  }

  /// The picture of one decoded tensor [1, 3, H, W] or [3, H, W], values outside −1...1 cut off.
  ///
  /// - Throws: `ModelError.badInput` for another shape.
  public init(decoded tensor: Tensor) throws {
    let shape = tensor.shape.count == 4 && tensor.size(0) == 1 ? Array(tensor.shape.dropFirst()) : tensor.shape
    guard shape.count == 3, shape[0] == Picture.channels else {
      throw ModelError.badInput("A tensor of shape \(tensor.shape) is not a picture, expected [1, \(Picture.channels), H, W].")
    }
    let levels = ((tensor.to(.float32).reshaped(shape) + 1) / 2).clamped(0, 1) * 255
    try self.init(width: shape[2], height: shape[1], pixels: levels.rounded().to(.uint8).permuted([1, 2, 0]).array())
  }
}
