import Foundation
import LoRWeBModels
import LoRWeBTorch

/// An autoencoder's parameters where training begins best: the whole model is one linear map down and one up.
///
/// Sixteen numbers for a square of 8 × 8 pixels hold 27 dB of a photo by a linear map alone, more than a randomly started model
/// learns in hours. So the residual branches and the attention start at zero, the convolutions of the way itself orthogonal, and
/// the normalisation and activation at either end are passed by unchanged: values go through them as pairs (z, −z), because
/// silu(z) − silu(−z) = z, beside a pair of constants so large that normalisation divides by nearly the same always.
public struct LinearStart: WeightSource {
  /// The constants, in units of pixels (−1 to 1).
  private static let constant = 8.0
  /// Gain of the last normalisation in a branch: with 1 the first steps on the zeros after it would drown the way.
  private static let branch = 0.1
  private let config: AutoencoderConfig
  private let deviation: Double
  private let random: RandomSource

  /// - Parameter deviation: standard deviation the encoder says of its latents, before it is measured by anyone.
  /// - Throws: `ModelError.badConfig` for groups of the normalisation too small for pairs.
  public init(_ config: AutoencoderConfig, deviation: Double, seed: UInt64) throws {
    for width in [config.widths.first, config.widths.last].compactMap(\.self) {
      let size = width / max(config.groups, 1)
      guard size >= 4, size.isMultiple(of: 2) else {
        throw ModelError.badConfig(
          "A linear start needs groups of an even number of channels, at least 4, but norm_num_groups \(config.groups) makes groups of \(size) of \(width) channels."
        )
      }
    }
    (self.config, self.deviation, random) = (config, deviation, RandomSource(seed: seed))
  }

  public var location: String { "a linear start" }
  public var names: [String]? { nil }
  public func shape(of name: String) -> [Int]? { nil }

  public func tensor(_ request: WeightRequest) throws -> Tensor {
    let name = request.name
    if name.contains(".conv2.") || name.contains(".to_out.0.") { return .zeros(request.shape) }
    if name.hasSuffix("norm2.weight") || name.hasSuffix("group_norm.weight") { return .full(request.shape, Self.branch) }
    for end in [End(way: "encoder", config), End(way: "decoder", config)] {
      switch name {
      // What normalisation divides by; nothing for the constants, which have done their part by then.
      case "\(end.way).conv_norm_out.weight":
        return end.channels(Self.constant * (2 / Double(end.size)).squareRoot(), constants: [0, 0])
      case "\(end.way).conv_out.weight": return try exit(end, request)
      case "\(end.entry).weight": return end.pairs(try orthogonal(request, count: end.pairCount), along: 0)
      case "\(end.entry).bias": return end.channels(0, constants: [Self.constant, -Self.constant])
      default: break
      }
    }
    if name == "encoder.conv_out.bias" {
      let channels = [config.latentChannels]
      return concatenated([.zeros(channels), .full(channels, 2 * Foundation.log(deviation))], along: 0)
    }
    let way = ["conv_in.", "conv_out.", "conv_shortcut.", "samplers.0.conv.", "quant_conv."]
    guard way.contains(where: { name.contains($0) }) else { return try random.tensor(request) }
    return request.shape.count == 1 ? .zeros(request.shape) : try orthogonal(request, count: request.shape[0])
  }

  /// The last convolution; an encoder's tells nothing about its latents' deviation.
  private func exit(_ end: End, _ request: WeightRequest) throws -> Tensor {
    let rows = end.way == "encoder" ? config.latentChannels : request.shape[0]
    let shape = [rows, end.pairCount] + request.shape.dropFirst(2)
    let weight = end.pairs(
      try orthogonal(WeightRequest(name: request.name, shape: shape, initial: .zeros), count: rows), along: 1)
    let rest = request.shape[0] - rows
    return rest == 0 ? weight : concatenated([weight, .zeros([rest] + request.shape.dropFirst())], along: 0)
  }

  /// A convolution's weight [count, in, kernel, kernel] whose rows, or columns if there are fewer, are orthonormal.
  private func orthogonal(_ request: WeightRequest, count: Int) throws -> Tensor {
    let shape = [count] + request.shape.dropFirst()
    let columns = shape.dropFirst().reduce(1, *)
    let numbers = try random.tensor(WeightRequest(name: request.name, shape: [count, columns], initial: .normal(deviation: 1)))
    let matrix = count <= columns ? numbers.transposed().orthonormalColumns().transposed() : numbers.orthonormalColumns()
    return matrix.contiguous().reshaped(shape)
  }

  /// Normalisation and activation at the end of the way down or up, and the convolution whose results go into them.
  private struct End {
    let way: String
    /// The last convolution on the way before them.
    let entry: String
    /// Channels of a group of the normalisation, and how many groups.
    let size, groups: Int

    init(way: String, _ config: AutoencoderConfig) {
      let widths = way == "encoder" ? config.widths : Array(config.widths.reversed())
      let last = widths.count - 1
      let (blocks, between) = way == "encoder" ? ("down_blocks", "downsamplers") : ("up_blocks", "upsamplers")
      let convolution =
        last == 0
        ? "conv_in"
        : widths[last] == widths[last - 1]
          ? "\(blocks).\(last - 1).\(between).0.conv" : "\(blocks).\(last).resnets.0.conv_shortcut"
      (self.way, entry) = (way, "\(way).\(convolution)")
      (size, groups) = (widths[last] / max(config.groups, 1), config.groups)
    }

    /// Values that go through as pairs: all channels but two constants a group.
    var pairCount: Int { groups * (size - 2) / 2 }

    /// Entries along a dimension laid out as (z, −z) pairs, zero at the constants.
    func pairs(_ values: Tensor, along dimension: Int) -> Tensor {
      let perGroup = (size - 2) / 2
      let zero = values.narrowed(dimension, from: 0, count: 1) * 0
      let parts = (0..<groups).flatMap { group in
        (0..<perGroup).flatMap { member -> [Tensor] in
          let one = values.narrowed(dimension, from: group * perGroup + member, count: 1)
          return [one, -one]
        } + [zero, zero]
      }
      return concatenated(parts, along: dimension)
    }

    /// A number for all channels that go through as pairs, and for the two constants at the end of each group.
    func channels(_ number: Double, constants: [Double]) -> Tensor {
      let group = [Float](repeating: Float(number), count: size - 2) + constants.map { Float($0) }
      return Tensor((0..<groups).flatMap { _ in group })
    }
  }
}
