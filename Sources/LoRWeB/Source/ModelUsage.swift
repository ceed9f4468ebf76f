import LoRWeBPictures

/// How a model wants to be used; in `model_index.json` under `_lorweb`.
public struct ModelUsage: Codable, Sendable, Equatable {
  /// Side of a quarter of the canvas in pixels. Said by models that know square tiles of this size only; a model that doesn't
  /// say it gets tiles of b's aspect with the area of a 512-pixel square.
  public var tile: Int?
  public var steps: Int?
  public var guidance: Double?
  /// What of the canvas there is, how steps are taken, and for how many of them keys and values are kept; `full`, `euler` and 1
  /// where the model doesn't say.
  public var canvas: CanvasLayout?
  public var solver: FlowSolver?
  public var keep: Int?

  public init(tile: Int? = nil, steps: Int? = nil, guidance: Double? = nil) {
    (self.tile, self.steps, self.guidance) = (tile, steps, guidance)
  }

  /// Kontext's, where the model says nothing.
  public static let defaults = (tile: 512, steps: 28, guidance: 2.5)

  /// Steps and guidance for users who don't say theirs.
  public var sampling: (steps: Int, guidance: Double) { (steps ?? Self.defaults.steps, guidance ?? Self.defaults.guidance) }

  /// How pictures are laid out for this model.
  public var canvasRule: CanvasPlan.Rule {
    tile.map { .fixedSquare(tile: $0) } ?? .aspect(area: 4 * Self.defaults.tile * Self.defaults.tile)
  }
}
