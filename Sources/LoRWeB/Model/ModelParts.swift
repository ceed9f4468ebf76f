import LoRWeBModels
import LoRWeBTorch

/// A model's parts in memory: each is loaded when it is used and stays as its `Residency` says.
public final class ModelParts {
  /// How a part is made.
  public struct Recipe<Part> {
    let name: String
    let origin: ModelPart
    let dtype: DType
    let ignoring: (String) -> Bool
    let whole: ((Scope) throws -> Void)?
    let build: (Scope) throws -> Part

    /// - Parameters:
    ///   - name: tells the part from the others in memory.
    ///   - origin: the part of the source its weights are in.
    ///   - ignoring: names its files may hold in excess.
    ///   - whole: asks for everything the files hold, where the part is less than that; nil if it is all.
    public init(
      name: String, origin: ModelPart, dtype: DType, ignoring: @escaping (String) -> Bool = { _ in false },
      whole: ((Scope) throws -> Void)? = nil, build: @escaping (Scope) throws -> Part
    ) {
      (self.name, self.origin, self.dtype, self.ignoring) = (name, origin, dtype, ignoring)
      (self.whole, self.build) = (whole, build)
    }
  }

  private struct Held {
    let part: Any
    let registry: Registry
    let origin: ModelPart
    var lastUse: Int
  }

  let source: OpenedSource
  let device: Device
  /// Where all parts' linears look up what adapters add.
  let deltas = DeltaTable()
  private var limit: Int
  private var held: [String: Held] = [:]
  /// Parts that stay whatever the residency.
  private var fixed: [String: Any] = [:]
  private var uses = 0
  /// Origins whose files are known to hold what they should.
  private var checked: Set<ModelPart> = []
  /// What the weights of an origin are read from in place of its files, such as these with an adapter fused in.
  var replaced: [ModelPart: any WeightSource] = [:]

  init(_ source: OpenedSource, residency: Residency, device: Device) {
    (self.source, limit, self.device) = (source, residency.limit, device)
  }

  /// Bytes of the parts in memory.
  public var byteCount: Int { held.values.reduce(0) { $0 + $1.registry.byteCount } }

  /// True if parts may stay after their use.
  var keeps: Bool { limit > 0 }
  /// Of the parts in memory.
  var names: [String] { held.keys.sorted() }
  /// True if some part stays as it is for somebody who works with it.
  var hasFixed: Bool { !fixed.isEmpty }

  /// Registries of the parts in memory that come from an origin.
  func registries(from origin: ModelPart) -> [Registry] { held.values.filter { $0.origin == origin }.map(\.registry) }

  /// Lets go of the parts that come from an origin.
  func drop(from origin: ModelPart) { held = held.filter { $0.value.origin != origin } }

  /// Loads a part that stays whatever the residency.
  func hold<Part>(_ recipe: Recipe<Part>) throws -> Part {
    let (part, _) = try load(recipe, from: source.weights(of: recipe.origin))
    fixed[recipe.name] = part
    return part
  }

  /// Takes a piece of such a part for the part of that name.
  func hold(_ piece: Any, as name: String) { fixed[name] = piece }

  /// Does something during which every part that is used stays in memory, and lets go of all of them.
  public func whileKeeping<Result>(_ body: () throws -> Result) rethrows -> Result {
    let usual = limit
    limit = .max
    defer {
      limit = usual
      for part in Set(held.values.map(\.origin)) { (try? source.weights(of: part))?.releasePages() }
      held = [:]
      Engine.trimMemory()
    }
    return try body()
  }

  /// Uses a part, loading it if it isn't in memory.
  /// - Throws: what loading throws, as `load` does; what `body` throws.
  public func with<Part, Result>(_ recipe: Recipe<Part>, _ body: (Part) throws -> Result) throws -> Result {
    uses += 1
    if let known = (fixed[recipe.name] ?? held[recipe.name]?.part) as? Part {
      held[recipe.name]?.lastUse = uses
      return try body(known)
    }
    let files = try source.weights(of: recipe.origin)
    // What isn't kept is let go when this returns or throws; what is kept stays though its work was cancelled.
    defer {
      if held[recipe.name] == nil {
        files.releasePages()
        Engine.trimMemory()
      }
    }
    return try body(loaded(recipe, from: replaced[recipe.origin] ?? files))
  }

  private func loaded<Part>(_ recipe: Recipe<Part>, from weights: any WeightSource) throws -> Part {
    let (part, registry) = try load(recipe, from: weights)
    guard registry.byteCount <= limit else { return part }
    makeRoom(for: registry.byteCount)
    held[recipe.name] = Held(part: part, registry: registry, origin: recipe.origin, lastUse: uses)
    return part
  }

  private func load<Part>(_ recipe: Recipe<Part>, from weights: any WeightSource) throws -> (Part, Registry) {
    try withTorchErrors {
      if checked.insert(recipe.origin).inserted || recipe.whole == nil {
        do {
          try checkFit(recipe.whole.map { try plan($0) } ?? plan(recipe.build), to: weights, ignoring: recipe.ignoring)
        } catch {
          checked.remove(recipe.origin)
          throw error
        }
      }
      if !held.isEmpty { makeRoom(for: try plan(recipe.build).reduce(0) { $0 + $1.shape.reduce(recipe.dtype.size, *) }) }
      let scope = Scope(weights, dtype: recipe.dtype, device: device, deltas: deltas)
      return (try noGrad { try recipe.build(scope) }, scope.registry)
    }
  }

  /// Lets go of the parts used longest ago until so many bytes more are within the limit.
  private func makeRoom(for size: Int) {
    while !held.isEmpty, byteCount > limit - min(size, limit),
      let oldest = held.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      held[oldest.key] = nil
      (try? source.weights(of: oldest.value.origin))?.releasePages()
    }
  }
}
