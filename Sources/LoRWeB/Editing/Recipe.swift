import LoRWeBCheckpoints
import LoRWeBPictures

/// The library's version.
public let lorwebVersion = "0.1.0"

/// How a picture was made: written into the result, enough to make it again. It has no date: equal edits give equal files.
public struct Recipe: Codable, Sendable, Equatable {
  /// The text entry of a picture file it stands under.
  public static let key = "lorweb"

  public var version = 3
  public var model, basis, encoder: String
  /// Empty where only the pictures said what to do.
  public var prompt: String
  public var seed: UInt64
  public var steps: Int
  public var guidance, strength: Double
  /// How it was sampled; nil in recipes of versions 1 and 2: Euler on the full canvas, with nothing kept.
  public var solver: FlowSolver?
  public var layout: CanvasLayout?
  public var keep: Int?
  public var details: AnalogyEdit.Details
  /// What it was made from; nil, as `files`, `machine` and `picture`, in recipes of version 1.
  public var pictures: Pictures?
  /// What it was made with.
  public var files: Files?
  /// Where it was made.
  public var machine: Machine?
  /// The picture this recipe belongs to, by its pixels.
  public var picture: Content?
  public var device, dtype: String
  public var canvas: CanvasPlan
  /// How much of each LoRA was used: coefficients averaged over layers.
  public var meanCoefficients: [Float]
  /// What the user was told.
  public var warnings: [String]

  /// The same recipe, belonging to `picture`: a file whose format loses something doesn't hold what was written.
  public func belonging(to picture: Picture) -> Recipe {
    var recipe = self
    recipe.picture = Content(pixelsOf: picture)
    return recipe
  }

  /// As JSON with sorted keys.
  /// - Throws: `EncodingError` if a number is not finite.
  public func json(pretty: Bool = false) throws -> String { try readableText(pretty: pretty) }
}
