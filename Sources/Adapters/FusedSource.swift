import LoRWeBModels
import LoRWeBTorch

/// A base's weights with a mix added as each tensor passes by, so that a fused model never exists twice.
///
/// Sums are made in fp32; the scope rounds once to the model's type.
public struct FusedSource: WeightSource {
  private let base: any WeightSource
  private let mix: Mix

  /// - Throws: `AdapterError.doesNotFitBase` if a layer of the basis isn't in the base in that size.
  public init(_ base: any WeightSource, adding mix: Mix, from location: String) throws {
    var present: [String: [Int]] = [:]
    for path in mix.basis.layers.keys {
      if let shape = base.shape(of: path + ".weight") { present[path] = shape }
    }
    if base.names != nil { try mix.basis.checkFit(to: present, base: base.location, location: location) }
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

extension LoRABasis {
  /// Refuses a basis with layers that aren't there ([out, in] by path), or are of other sizes.
  func checkFit(to present: [String: [Int]], base: String, location: String) throws {
    func refuse(_ problem: String) -> AdapterError { .doesNotFitBase(location: location, base: base, problem: problem) }
    let unknown = paths.filter { present[$0] == nil }
    if unknown.count == layers.count {
      throw refuse("none of its \(layers.count) layers is there, for example \(unknown.first ?? "")")
    }
    if let first = unknown.first {
      throw refuse("\(unknown.count) of its \(layers.count) layers are not there, for example \(first)")
    }
    for path in paths {
      guard let layer = layers[path], let found = present[path] else { continue }
      let expected = [layer.loraB.size(2), layer.loraA.size(1)]
      if found != expected {
        throw refuse("\(path) has weights of shape \(found), the basis was made for \(expected)")
      }
    }
  }
}
