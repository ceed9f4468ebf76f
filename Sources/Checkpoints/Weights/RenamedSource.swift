import LoRWeBModels
import LoRWeBTorch

/// A source under other names: wraps one whose files name tensors differently, or hold more than the model.
///
/// This is the pattern of all wrapped sources (renamed, fused, quantised): keep the base, answer for its names, hand tensors on.
public struct RenamedSource: WeightSource {
  private let base: any WeightSource
  /// Names in the base by the names given to the model, and these in the base's order.
  private let baseNames: [String: String]
  private let modelNames: [String]

  /// Wraps a source whose names are known.
  ///
  /// - Parameter rename: the model's name of a base's name; nil leaves the tensor out, such as a full CLIP file's other tower.
  /// - Throws: `CheckpointError.duplicateName` if two tensors get one name.
  public init(_ base: any WeightSource, rename: (String) throws -> String?) throws {
    var baseNames: [String: String] = [:]
    var modelNames: [String] = []
    for name in base.names ?? [] {
      guard let new = try rename(name) else { continue }
      if baseNames.updateValue(name, forKey: new) != nil {
        throw CheckpointError.duplicateName(file: base.location, name: new)
      }
      modelNames.append(new)
    }
    self.base = base
    self.baseNames = baseNames
    self.modelNames = modelNames
  }

  /// The base's words.
  public var location: String { base.location }

  /// The new names, in the base's order.
  public var names: [String]? { modelNames }

  /// Sizes of a tensor by its new name; nil if there is none.
  public func shape(of name: String) -> [Int]? {
    baseNames[name].flatMap(base.shape(of:))
  }

  /// A tensor by its new name.
  ///
  /// - Throws: `CheckpointError.noSuchTensor`, or what the base throws.
  public func tensor(_ request: WeightRequest) throws -> Tensor {
    guard let name = baseNames[request.name] else {
      throw CheckpointError.noSuchTensor(file: location, name: request.name)
    }
    return try base.tensor(WeightRequest(name: name, shape: request.shape, initial: request.initial))
  }
}
