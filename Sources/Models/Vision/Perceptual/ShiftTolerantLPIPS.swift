import LoRWeBPictures
import LoRWeBTorch

/// Channels of the five convolutions of ST-LPIPS's AlexNet.
public struct ShiftTolerantLPIPSConfig: Codable, Sendable, Equatable {
  /// Outputs of each convolution; the published network has 64, 192, 384, 256, 256.
  public var channels: [Int]

  public init(channels: [Int]) { self.channels = channels }

  /// - Throws: `ModelError.badConfig` unless these are five sizes a network can have.
  public func validate() throws {
    guard channels.count == 5 else {
      throw ModelError.badConfig("The \(ShiftTolerantLPIPS.name)'s channels are \(channels.count) sizes, expected five.")
    }
    for size in channels { try checkSize("channels", size, of: ShiftTolerantLPIPS.name) }
  }
}

/// ST-LPIPS (Ghildyal and Liu 2022): a perceptual distance that hardly minds shifts, over AlexNet with blurred subsampling.
///
/// Its numbers are not those of LPIPS. Names are those of `alex_shift_tolerant.pth` in the package stlpips-pytorch 0.0.2, and the
/// distance equals the package's `LPIPS(net="alex", variant="shift_tolerant")`. Gradients flow, so it is a loss too.
public final class ShiftTolerantLPIPS {
  static let name = "ST-LPIPS network"
  /// The smallest side that leaves a pixel for every layer to pad by reflection.
  static let smallestSide = 21

  public let config: ShiftTolerantLPIPSConfig
  public let registry: Registry
  private let shift, scale: Tensor
  private let convolutions: [Conv2d]
  private let blurs: [Blur]
  private let heads: [Conv2d]

  /// - Throws: `ModelError` for a bad configuration; what the scope throws.
  public init(_ scope: Scope, config: ShiftTolerantLPIPSConfig) throws {
    try config.validate()
    self.config = config
    registry = scope.registry
    let (channels, net, scaling) = (config.channels, scope["net"], scope["scaling_layer"])
    shift = try scaling.tensor("shift", [1, 3, 1, 1], initial: .zeros)
    scale = try scaling.tensor("scale", [1, 3, 1, 1], initial: .ones)
    let places = [("slice1.0", 11, 2), ("slice2.5", 5, 2), ("slice3.9", 3, 1), ("slice4.11", 3, 1), ("slice5.13", 3, 1)]
    convolutions = try places.enumerated().map { layer, place in
      try Conv2d(
        net[place.0], in: layer == 0 ? 3 : channels[layer - 1], out: channels[layer], kernel: place.1, padding: place.2)
    }
    blurs = try [("slice1.1", channels[0]), ("slice2.4", channels[0]), ("slice3.8", channels[1])].map {
      try Blur(net[$0.0], channels: $0.1)
    }
    heads = try channels.enumerated().map { layer, size in
      try Conv2d(scope["lin\(layer).model.1"], in: size, out: 1, kernel: 1, bias: false)
    }
  }

  /// Distances [B], 0 for equal pictures, of pictures [B, 3, H, W] in −1 to 1 at their own size.
  /// - Throws: `ModelError.badInput` for other shapes or sides below 21 pixels; `TorchError`.
  public func callAsFunction(_ x: Tensor, _ y: Tensor) throws -> Tensor {
    try check(x.shape, y.shape)
    return try withTorchErrors { distances(features(of: x), features(of: y)) }
  }

  private func check(_ x: [Int], _ y: [Int]) throws {
    guard x == y, x.count == 4, x[1] == 3, min(x[2], x[3]) >= Self.smallestSide else {
      throw ModelError.badInput(
        "The \(Self.name) takes two batches of pictures of one shape [n, 3, height, width] with sides of at least "
          + "\(Self.smallestSide) pixels, got \(x) and \(y).")
    }
  }

  /// Of each layer's features [B, C, h, w], or [1, C, h, w] on one side.
  private func distances(_ x: [Tensor], _ y: [Tensor]) -> Tensor {
    zip(heads, zip(x, y)).reduce(Tensor.zeros([1], dtype: shift.dtype, device: shift.device)) { sum, layer in
      let difference = layer.1.0 - layer.1.1
      return sum + layer.0(difference * difference).mean(over: [1, 2, 3])
    }
  }

  /// The distance of two pictures of one size, their alpha left out; throws as for tensors.
  public func distance(_ picture: Picture, _ other: Picture) throws -> Double {
    try withTorchErrors { try noGrad { try self(.signed(picture), .signed(other)).item() } }
  }

  /// What the network sees in pictures of one size, to be compared with other pictures as often as wanted.
  public struct Features {
    fileprivate let size: PictureSize
    /// Of each layer [n, C, h, w].
    fileprivate let layers: [Tensor]
  }

  /// What it sees in one picture or more, their alpha left out; throws as for tensors.
  public func features(of pictures: [Picture]) throws -> Features {
    guard let size = pictures.first?.size else {
      throw ModelError.badInput("The \(Self.name) takes at least one picture, got none.")
    }
    for picture in pictures { try check([1, 3, picture.height, picture.width], [1, 3, size.height, size.width]) }
    return try withTorchErrors {
      noGrad { Features(size: size, layers: features(of: concatenated(pictures.map { .signed($0) }, along: 0))) }
    }
  }

  /// The distances of a picture to all of what was seen before; throws as for tensors.
  public func distances(from picture: Picture, to seen: Features) throws -> [Double] {
    try check([1, 3, picture.height, picture.width], [1, 3, seen.size.height, seen.size.width])
    return try withTorchErrors {
      noGrad { distances(features(of: .signed(picture)), seen.layers).array(of: Float.self).map(Double.init) }
    }
  }

  /// What each convolution gives after its ReLU, [B, C, h, w], of unit length along the channels.
  private func features(of pictures: Tensor) -> [Tensor] {
    var x = (pictures.to(device: shift.device, dtype: shift.dtype) - shift) / scale
    return convolutions.enumerated().map { layer, convolution in
      switch layer {
      case 0: x = blurs[0](convolution(x)).relu()
      case 1, 2: x = convolution(blurs[layer](x.maxPool2d(3, stride: 1))).relu()
      default: x = convolution(x).relu()
      }
      let length = (x * x).sum(over: [1], keeping: true).clamped(1e-30, nil).squareRoot()
      return x / (length + 1e-10)
    }
  }
}

/// Halves the size: a fixed smoothing kernel on every channel for itself, two pixels of reflection on each side, stride 2.
private struct Blur {
  private let kernel: Tensor
  private let channels: Int

  init(_ scope: Scope, channels: Int) throws {
    self.channels = channels
    kernel = try scope.tensor("filt", [channels, 1, 3, 3], initial: .fanIn(9))
  }

  func callAsFunction(_ x: Tensor) -> Tensor { x.reflectionPadded([2, 2, 2, 2]).conv2d(kernel, stride: 2, groups: channels) }
}
