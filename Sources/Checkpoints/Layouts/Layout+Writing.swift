import LoRWeBModels
import LoRWeBTorch

/// One tensor of a layout, made of rows of a model's tensors.
public struct LaidOutTensor: Sendable {
  public let name: String
  public let shape: [Int]
  /// What its rows are, from the first to the last.
  let parts: [(request: WeightRequest, rows: Range<Int>)]

  /// - Parameter source: under the model's names.
  /// - Throws: what reading throws.
  public func tensor(from source: any WeightSource) throws -> Tensor {
    let tensors = try parts.map { part in
      let whole = try source.tensor(part.request)
      return part.rows.count == whole.size(0) ? whole : whole.narrowed(0, from: part.rows.lowerBound, count: part.rows.count)
    }
    return (tensors.count == 1 ? tensors[0] : concatenated(tensors, along: 0)).reshaped(shape)
  }
}

extension Layout {
  /// BFL's layout of a part; nil for parts that BFL's repository has no names for.
  /// - Parameter requests: what the model asks for; the autoencoder's levels are counted in it.
  public static func bfl(_ part: Part, for requests: [WeightRequest]) -> Layout? {
    let levels = requests.reduce(0) { levels, request in
      let words = request.name.split(separator: ".")
      return words.starts(with: ["decoder", "up_blocks"]) ? max(levels, (Int(words[2]) ?? -1) + 1) : levels
    }
    return (transformers + autoencoders(levels: levels)).first { $0.part == part && $0.name == "BFL's names" }
  }

  /// Everything a model asks for, in this layout: its rules read backwards.
  /// - Throws: `CheckpointError` where a tensor has no place in it.
  public func tensors(of requests: [WeightRequest], for location: String) throws -> [LaidOutTensor] {
    func refused(_ name: String) -> CheckpointError {
      CheckpointError(
        .otherWeights, location, expected: "tensors that \(self.name) have a place for", found: quoted(name),
        advice: "write them in diffusers' names")
    }
    var order: [String] = []
    var laid: [String: (pieces: [(start: Double, share: Double, request: WeightRequest, rows: Range<Int>)], asWindow: Bool)] =
      [:]
    for request in requests {
      guard let rule = rules.lazy.compactMap({ $0.backwards(for: request.name) }).first, let rows = request.shape.first else {
        throw refused(request.name)
      }
      let shares = rule.pieces.map { Double($0.part.count) / Double($0.count) }
      var from = 0
      for (piece, share) in zip(rule.pieces, shares) {
        let count = Int((Double(rows) * share / shares.reduce(0, +)).rounded())
        if laid[piece.name] == nil { order.append(piece.name) }
        laid[piece.name, default: ([], rule.asLinear && request.shape.count == 2)].pieces.append(
          (Double(piece.part.lowerBound) / Double(piece.count), share, request, from..<from + count))
        from += count
      }
    }
    return try order.map { name in
      guard let (pieces, asWindow) = laid[name], let first = pieces.first,
        abs(pieces.reduce(0) { $0 + $1.share } - 1) < 1e-9
      else { throw refused(name) }
      let shape = [pieces.reduce(0) { $0 + $1.rows.count }] + first.request.shape.dropFirst()
      return LaidOutTensor(
        name: name, shape: asWindow ? shape + [1, 1] : shape,
        parts: pieces.sorted { $0.start < $1.start }.map { ($0.request, $0.rows) })
    }
  }
}

extension LaidOutTensor {
  /// A model's tensor as it is.
  public init(_ request: WeightRequest) {
    (name, shape, parts) = (request.name, request.shape, [(request, 0..<(request.shape.first ?? 1))])
  }

  /// The model's tensors that are in it.
  public var names: [String] { parts.map(\.request.name) }
}
