import LoRWeBTorch

/// How a parameter starts when a model is made from scratch.
public enum Initial: Sendable, Equatable {
  case zeros
  case ones
  /// Uniform in ± the bound.
  case uniform(Double)
  case normal(deviation: Double)

  /// PyTorch's default for a linear or convolution of this many inputs, weight and bias alike.
  public static func fanIn(_ inputs: Int) -> Initial { .uniform(1 / Double(max(inputs, 1)).squareRoot()) }
}

/// What a model asks for: a parameter's full name, its shape, and how it would start.
public struct WeightRequest: Sendable, Equatable {
  public let name: String
  public let shape: [Int]
  public let initial: Initial

  public init(name: String, shape: [Int], initial: Initial) { (self.name, self.shape, self.initial) = (name, shape, initial) }
}

/// Where a model's parameters come from: files, random numbers, or another source wrapped (fused, quantised, renamed).
///
/// A source hands out tensors in whatever type it stores; `Scope` brings them to the model's type and device.
public protocol WeightSource {
  /// Words for messages, such as the file's or folder's path.
  var location: String { get }
  /// Names of everything it holds; nil if it makes whatever is asked for.
  var names: [String]? { get }
  /// The shape stored under a name; nil if there is none, or if any shape will do.
  func shape(of name: String) -> [Int]?
  /// The tensor of that name.
  /// - Throws: what reading it throws; a name it doesn't hold or another shape is an error too.
  func tensor(_ request: WeightRequest) throws -> Tensor
  /// The same for a linear's weight, which a source may have in a kind of its own, such as quantised.
  func weight(_ request: WeightRequest) throws -> Weight
  /// Gives memory back that can be filled again, once a model has been built and let go.
  func releasePages()
}

extension WeightSource {
  /// Dense, as most sources have it.
  public func weight(_ request: WeightRequest) throws -> Weight { .dense(try tensor(request)) }
  public func releasePages() {}
}

/// Parameters from scratch, each drawn from a stream of its own (seed and name): whatever order and type, the numbers are the same.
public struct RandomSource: WeightSource {
  private let seed: UInt64

  public init(seed: UInt64) { self.seed = seed }

  public var location: String { "random weights, seed \(seed)" }
  public var names: [String]? { nil }
  public func shape(of name: String) -> [Int]? { nil }

  public func tensor(_ request: WeightRequest) throws -> Tensor {
    switch request.initial {
    case .zeros: return .zeros(request.shape)
    case .ones: return .ones(request.shape)
    case .uniform(let bound):
      return Tensor.empty(request.shape).uniformInPlace(-bound, bound, generator: try generator(for: request.name))
    case .normal(let deviation):
      return Tensor.empty(request.shape).normalInPlace(deviation: deviation, generator: try generator(for: request.name))
    }
  }

  /// FNV-1a over seed and name.
  private func generator(for name: String) throws -> Generator {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in "\(seed)/\(name)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return try Generator(seed: hash)
  }
}
