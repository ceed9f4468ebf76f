import LoRWeBModels
import LoRWeBPictures

/// One edit to do: show the change a → a′, get b′ with the same change.
public struct AnalogyEdit: Sendable {
  /// How the result gets b's full size.
  public enum Details: String, Sendable, Codable, CaseIterable {
    /// The edit is carried to b's own pixels, which stay crisp (docs/details.md).
    case carry
    /// The model's painting enlarged.
    case model
  }

  public var a: Picture { didSet { contents.a = nil } }
  public var aPrime: Picture { didSet { contents.aPrime = nil } }
  public var b: Picture { didSet { contents.b = nil } }
  /// Words for the edit; empty leaves it to the pictures.
  public var prompt = ""
  /// The noise to start from: the one diffusers starts from on the CPU.
  public var seed: UInt64 = 0
  /// How much work it may be: sets solver, canvas, kept keys and, unless they are said, steps; nil is as the model's folder asks.
  public var effort: Effort?
  /// Sampling steps; nil is the effort's or the model's own number.
  public var steps: Int?
  /// Guidance; nil is the model's own.
  public var guidance: Double?
  /// How steps are taken; nil, as for the next two, is the effort's or the model's own.
  public var solver: FlowSolver?
  /// Which parts of the canvas there are.
  public var canvas: CanvasLayout?
  /// Keys and values of text and context are computed every so many steps and kept for those between; 1 computes all.
  public var keep: Int?
  /// Multiplies the basis's effect: 0 is the base alone, 1 as trained, negative the other way.
  public var strength = 1.0
  public var details = Details.carry
  /// How the basis is applied; nil is the cheaper way.
  public var use: AdapterUse?
  /// What was lost of pictures that were read from damaged files.
  private var losses: [String] = []
  /// The files of pictures that were read from files.
  private var contents: (a: Recipe.Content?, aPrime: Recipe.Content?, b: Recipe.Content?)

  public init(a: Picture, aPrime: Picture, b: Picture) { (self.a, self.aPrime, self.b) = (a, aPrime, b) }

  /// An edit of pictures in files. Of a damaged JPEG what can be read is taken, and `warnings` says so.
  /// - Throws: `PicturesError`.
  public init(a: PictureFile, aPrime: PictureFile, b: PictureFile) throws {
    var losses: [String] = []
    func picture(_ file: PictureFile) throws -> Picture { try file.picture { losses.append("\($0)") } }
    self.init(a: try picture(a), aPrime: try picture(aPrime), b: try picture(b))
    self.losses = losses
    contents = (Recipe.Content(file: a.bytes), Recipe.Content(file: aPrime.bytes), Recipe.Content(file: b.bytes))
  }

  /// What the recipe says of the pictures: digests of their files, or of their pixels where they came from none.
  var pictures: Recipe.Pictures {
    Recipe.Pictures(
      a: contents.a ?? Recipe.Content(pixelsOf: a), aPrime: contents.aPrime ?? Recipe.Content(pixelsOf: aPrime),
      b: contents.b ?? Recipe.Content(pixelsOf: b))
  }

  /// What to hear about before the edit is made; its recipe says it too.
  public var warnings: [String] {
    guard a.composited() == aPrime.composited() else { return losses }
    return losses + ["a and a' show the same picture, so that they show no change; what is done to b is chance."]
  }

  /// - Throws: `ScheduleError` or `ModelError.badInput` for numbers no edit can be made with, or choices that don't go together.
  func sampling(else usage: ModelUsage) throws -> SamplingSettings {
    guard (-10...10).contains(strength) else {
      throw ModelError.badInput("The strength must be from -10 to 10, found \(strength).")
    }
    let choice = SamplingChoice(
      steps: steps, guidance: guidance, effort: effort, solver: solver, canvas: canvas, keep: keep)
    return try SamplingSettings(seed: seed, choice, else: usage)
  }
}

/// b′ at b's size, with b's transparency, and as the model painted it, small; and how it came about.
public struct AnalogyResult: Sendable {
  public let picture, painted: Picture
  /// Everything needed to do it again.
  public let recipe: Recipe
  /// Mixing coefficients, N a layer, by the linear's path.
  public let coefficients: [String: [Float]]
}
