import Foundation
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// An adapter as a file of an ordinary LoRA: the mix that one analogy amounts to, or a LoRA that was read in another dialect.
///
/// Strength, coefficients and scales are multiplied into the up matrices, so alpha is the rank where a dialect has one. Matrices
/// are made when their turn comes to be written, so an adapter larger than memory can be written.
public struct LoRAExport {
  /// What is written for one matrix of the model, for reports.
  public struct Matrix: Sendable, Equatable {
    /// The beginning of its tensors' names.
    public let name: String
    /// The linears whose rows it holds.
    public let paths: [String]
    public let rank: Int
  }

  public let dialect: LoRADialect
  /// What the matrices are written in.
  public let dtype: DType
  public let matrices: [Matrix]
  private let targets: [LoRANames.Target]
  private let adapter: any Adapter
  private let metadata: SafetensorsMetadata
  private let released: () -> Void

  /// Lays the file out; a joined dialect's matrices of q, k and v have their ranks added up, where they don't share A.
  /// - Parameters:
  ///   - linears: all linears of the model (`AdaptedLinear.all(in:where:)` with everything allowed).
  ///   - metadata: entries of the caller's, such as recipe and licence; `format` is added.
  ///   - released: called after each matrix, to give back what reading it took (`LoRAFile.releasePages`).
  /// - Throws: `AdapterError.needsOneSample` for a mix of several analogies; `LoRAFileError` for a linear that isn't the model's,
  ///   a type that isn't floating, or nothing to write.
  public init(
    _ adapter: any Adapter, as dialect: LoRADialect, for linears: [AdaptedLinear], dtype: DType = .float32,
    metadata: SafetensorsMetadata = [:], releasing released: @escaping () -> Void = {}
  ) throws {
    func refused(_ problem: String) -> LoRAFileError { LoRAFileError(.notWritable, adapter.location, problem) }
    try adapter.checkFusible()
    guard [.float32, .float16, .bfloat16].contains(dtype) else {
      throw refused("a LoRA can't be written in \(dtype); use float32, float16 or bfloat16")
    }
    let changed = Set(adapter.layers.map(\.path))
    let named =
      dialect.isJoined ? LoRANames(linears).joined : linears.map { LoRANames.Target(name: $0.path, parts: [$0]) }
    let targets = named.filter { $0.parts.contains { changed.contains($0.path) } }.sorted { $0.name < $1.name }
    let known = Set(targets.flatMap(\.parts).map(\.path))
    guard !adapter.layers.isEmpty else { throw refused("there is nothing to write: no linear is changed") }
    if let unknown = adapter.layers.first(where: { !known.contains($0.path) }) {
      throw refused(
        "\(unknown.path) has no name in the dialect \(dialect.rawValue) for this model; use diffusers or this base's")
    }
    let shapes = targets.flatMap(\.parts).reduce(into: [:]) { $0[$1.path] = $1 }
    if let other = adapter.layers.first(where: { shapes[$0.path] != $0 }), let expected = shapes[other.path] {
      throw refused(
        "\(other.path) is made for [\(other.outputs), \(other.inputs)], the model has [\(expected.outputs), \(expected.inputs)]; "
          + "use the base that it was made for")
    }
    matrices = try withTorchErrors {
      targets.map { target in
        let rank = Self.layer(of: target, in: adapter)?.rank ?? 0
        released()
        return Matrix(name: dialect.stem(target.name), paths: target.parts.map(\.path), rank: rank)
      }
    }
    (self.adapter, self.dialect, self.dtype, self.targets, self.released) = (adapter, dialect, dtype, targets, released)
    var metadata = metadata
    metadata["format"] = "pt"
    self.metadata = metadata
  }

  /// diffusers takes one matrix's rank for the alpha of all in a file without alphas, so where ranks differ each says its own.
  private var hasAlphas: Bool { dialect.isJoined || Set(matrices.map(\.rank)).count > 1 }

  /// Writes the file, whole or not at all.
  /// - Throws: `CheckpointError` if it can't be written; `TorchError`; `CancellationError`.
  public func write(to url: URL) throws {
    var writer = SafetensorsWriter(metadata: metadata)
    for (target, matrix) in zip(targets, matrices) {
      let rows = target.rows.reduce(0, +)
      func layer() throws -> LoRA.Layer {
        released()
        guard let layer = Self.layer(of: target, in: adapter) else {
          throw LoRAFileError(.notWritable, adapter.location, "\(matrix.name) is gone while it is written; try again")
        }
        return layer
      }
      writer.add(matrix.name + dialect.endings.down, shape: [matrix.rank, target.inputs], dtype: dtype) {
        try layer().down.to(dtype)
      }
      writer.add(matrix.name + dialect.endings.up, shape: [rows, matrix.rank], dtype: dtype) {
        let up = try layer().scaledUp()
        return (dialect.isJoined && target.swapsHalves ? LoRANames.swapped(up) : up).to(dtype)
      }
      if hasAlphas {
        let alpha = Double(matrix.rank)
        writer.add(matrix.name + ".alpha", shape: [], dtype: .float32) { Tensor.full([], alpha) }
      }
    }
    try writer.write(to: url)
    released()
  }

  /// What an adapter does to a matrix of the model.
  private static func layer(of target: LoRANames.Target, in adapter: any Adapter) -> LoRA.Layer? {
    let parts = target.parts.map { adapter.lowRank($0.path) }
    return parts.count == 1 ? parts[0] : LoRA.Layer.joined(parts, rows: target.rows)
  }
}
