import LoRWeBModels
import LoRWeBTorch

/// A base's weights with a mix added as each tensor passes by, so that a fused model never exists twice.
///
/// Sums are made in fp32; the scope rounds once to the model's type.
public struct FusedSource: WeightSource {
  private let base: any WeightSource
  private let mix: Mix

  /// - Throws: `AdapterError.doesNotFitBase` if a layer of the basis isn't in the base in that size, `.needsOneSample` for a mix of
  ///   several samples.
  public init(_ base: any WeightSource, adding mix: Mix, from location: String) throws {
    try mix.checkOneSample()
    if base.names != nil {
      try checkFit(of: mix.basis.adapted, to: base.location, from: location) { base.shape(of: $0 + ".weight") }
    }
    self.base = base
    self.mix = mix
  }

  public var location: String { base.location }
  public var names: [String]? { base.names }
  public func shape(of name: String) -> [Int]? { base.shape(of: name) }

  public func tensor(_ request: WeightRequest) throws -> Tensor {
    let tensor = try base.tensor(request)
    guard request.name.hasSuffix(".weight"), let delta = mix.weightDelta(String(request.name.dropLast(".weight".count))) else {
      return tensor
    }
    return tensor.to(.float32) + delta
  }
}

/// Refuses layers that a base doesn't have, or has in other sizes.
///
/// - Parameter found: the shape [out, in] of the base's weight at a path, nil if there is none.
/// - Throws: `AdapterError.doesNotFitBase`.
func checkFit(
  of layers: [AdaptedLinear], to base: String, from location: String, _ found: (String) -> [Int]?
) throws {
  func refuse(_ problem: String) -> AdapterError { .doesNotFitBase(location: location, base: base, problem: problem) }
  let unknown = layers.filter { found($0.path) == nil }
  if unknown.count == layers.count {
    throw refuse("none of its \(layers.count) layers is there, for example \(unknown.first?.path ?? "")")
  }
  if let first = unknown.first {
    throw refuse("\(unknown.count) of its \(layers.count) layers are not there, for example \(first.path)")
  }
  for layer in layers {
    let shape = found(layer.path) ?? []
    if shape != [layer.outputs, layer.inputs] {
      throw refuse("\(layer.path) has weights of shape \(shape), the basis was made for \([layer.outputs, layer.inputs])")
    }
  }
}
