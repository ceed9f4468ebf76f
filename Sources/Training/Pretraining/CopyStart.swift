import Foundation
import LoRWeBModels
import LoRWeBTorch

/// A FLUX transformer's parameters where training begins best: at a model that paints its context again.
///
/// Most of an edited picture is the picture as it was, and a model that begins at random spends its first hour on finding that
/// out. Here one head of the first block looks from each target token at the context token of the same place, by a rotary phase
/// that is one group further; it carries the context's latents to a part of the hidden state of their own, beside the noisy
/// target's, and the last linear takes one from the other: noise − context. Every other branch begins weak, and open.
public struct CopyStart: WeightSource {
  private let config: FluxConfig
  private let random: RandomSource
  /// Orthonormal columns of the hidden width: the constant, the bias, the target's latents, the context's.
  private let basis: Tensor

  /// - Throws: `ModelError.badConfig` for a width that can't hold two tokens' latents beside each other; `TorchError`.
  public init(_ config: FluxConfig, seed: UInt64) throws {
    let channels = config.inputChannels
    guard channels == config.outputChannels, channels <= config.headWidth, config.width >= 2 * channels + 2,
      config.doubleBlocks > 0
    else {
      throw ModelError.badConfig(
        "A start at copying needs a width of twice the in_channels and two more, heads no narrower than in_channels, as many out_channels and a double block, but the transformer is \(config.width) wide with heads of \(config.headWidth), \(channels) in_channels, \(config.outputChannels) out_channels and \(config.doubleBlocks) double blocks."
      )
    }
    (self.config, random) = (config, RandomSource(seed: seed))
    let numbers = try random.tensor(
      WeightRequest(name: "copy", shape: [config.width, config.width - 1], initial: .normal(deviation: 1)))
    // The first column is constant, so that all others have no mean for the layer norms to take away.
    basis = concatenated([.ones([config.width, 1]), numbers], along: 1).orthonormalColumns()
  }

  public var location: String { "a start at copying the context" }
  public var names: [String]? { nil }
  public func shape(of name: String) -> [Int]? { nil }

  public func tensor(_ request: WeightRequest) throws -> Tensor {
    let (name, width, head) = (request.name, config.width, config.headWidth)
    func ends(_ suffixes: String...) -> Bool { suffixes.contains(where: name.hasSuffix) }
    func ofHead(_ rows: Tensor) -> Tensor { rows.padded([0, 0, 0, head - rows.size(0)]) }  // zeros below
    if let start = try modulation(request) { return start }
    switch name {
    case "x_embedder.weight": return target * size
    case "x_embedder.bias": return basis.selected(1, 1) * Double(width).squareRoot()
    case "proj_out.weight": return try random.tensor(request) * 0.05 + (target - context).transposed() * (1.35 / size)
    case "proj_out.bias": return .zeros(request.shape)
    case "transformer_blocks.0.attn.to_v.weight": return try firstRows(of: request, ofHead(target.transposed()))
    case "transformer_blocks.0.attn.to_v.bias": return try firstRows(of: request, .zeros([head]))
    case "transformer_blocks.0.attn.to_out.0.weight":
      let carried = ofHead(context.transposed()).transposed() * (1.12 * 1.1)  // [D, head]
      let rest = try random.tensor(request).narrowed(1, from: head, count: width - head) * 0.4
      return concatenated([carried, rest], along: 1)
    case _ where ends(".attn.to_q.weight", ".attn.to_k.weight"): return try firstRows(of: request, .zeros([head, width]))
    case _ where ends(".attn.to_q.bias"): return try firstRows(of: request, phase(0))
    case _ where ends(".attn.to_k.bias"): return try firstRows(of: request, phase(-1))
    case _ where ends(".attn.norm_q.weight", ".attn.norm_k.weight"): return sharpness()
    case _ where isBranchEnd(name): return ends(".bias") ? .zeros(request.shape) : try random.tensor(request) * 0.4
    default: return try random.tensor(request)
    }
  }

  /// [D, C] each.
  private var target: Tensor { basis.narrowed(1, from: 2, count: config.inputChannels) }
  private var context: Tensor { basis.narrowed(1, from: 2 + config.inputChannels, count: config.inputChannels) }
  private var size: Double { (Double(config.width) / 256).squareRoot() }

  private func isBranchEnd(_ name: String) -> Bool {
    [".to_out.0.", ".to_add_out.", ".ff.net.2.", ".ff_context.net.2."].contains { name.contains($0) }
      || (name.hasPrefix("single_transformer_blocks.") && name.contains(".proj_out."))
  }

  /// Modulations begin weak, their gates at one; nil for other parameters.
  private func modulation(_ request: WeightRequest) throws -> Tensor? {
    let ends = ["norm1.linear.", "norm1_context.linear.", ".norm.linear.", "norm_out.linear."]
    guard ends.contains(where: { request.name.contains($0) }) else { return nil }
    guard request.shape.count == 1 else { return try random.tensor(request) * 0.3 }
    // Shift, scale, gate, of attention and then, in double blocks, of the feed-forward; the output's has no gate.
    let parts = (0..<request.shape[0] / config.width).map { Tensor.full([config.width], $0 % 3 == 2 ? 1 : 0) }
    return concatenated(parts, along: 0)
  }

  /// The coordinates of a head that say where a token is in its row and column, the three fastest phases of each; those of its
  /// group are 0 and 1.
  private var places: [Int] {
    let axes = config.rotaryAxes
    return zip([axes[0], axes[0] + axes[1]], axes.dropFirst()).flatMap { start, size in
      stride(from: start, to: start + min(6, size), by: 2)
    }
  }

  /// A head's query or key that is the same for every token but for its place, [head].
  private func phase(_ angle: Double) -> Tensor {
    var values = [Float](repeating: 0, count: config.headWidth)
    (values[0], values[1]) = (Float(2.0.squareRoot() * cos(angle)), Float(2.0.squareRoot() * sin(angle)))
    for place in places { values[place] = 1 }
    return Tensor(values)
  }

  /// Gains of queries and keys: twice where places are, [head].
  private func sharpness() -> Tensor {
    var values = [Float](repeating: 1, count: config.headWidth)
    for place in [0] + places { (values[place], values[place + 1]) = (2, 2) }
    return Tensor(values)
  }

  /// The parameter's start with other first rows.
  private func firstRows(of request: WeightRequest, _ rows: Tensor) throws -> Tensor {
    let count = rows.size(0)
    return concatenated([rows, try random.tensor(request).narrowed(0, from: count, count: request.shape[0] - count)], along: 0)
  }
}
