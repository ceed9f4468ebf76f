import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBPictures

/// How pictures become batches (docs/train.md); the defaults are the published training's.
public struct PictureSettings: Codable, Sendable, Equatable {
  /// How a quadruple is laid out.
  public enum Layout: String, NamedChoice {
    /// As the published training: strip, grid, bucket, middle.
    case paper
    /// As the editor lays out for this model.
    case plan
  }

  /// What is taken of an autoencoder's distribution.
  public enum Latents: String, NamedChoice {
    /// A sample, drawn anew each time.
    case sample
    case mode
  }

  /// What goes through the autoencoder at once.
  public enum Encoded: String, NamedChoice {
    /// Each canvas whole, as the editor has it encoded.
    case canvases
    /// Each picture alone, once for all canvases it is in; for models with a tile of their own.
    case pictures
  }

  public var layout = Layout.paper
  public var encoded = Encoded.canvases
  /// About how many pixels a whole canvas has; models with a tile of their own have that in the layout `plan`.
  public var canvasArea = 512 * 512
  /// Where the router's encoder cuts a canvas of the layout `paper`.
  public var crop = TrainingCanvas.Crops.compatible
  public var vae = Latents.sample
  /// Share of captions that are replaced by the empty one.
  public var captionDropout = 0.05
  public var directions = AnalogyDirections.forward
  /// How often each task is drawn.
  public var tasks = PairSampler.TaskShares.byAnalogies
  /// Share of batches of single pictures (context b, target b′) instead of canvases; the router sees a, a′ and b in both.
  public var singles = 0.0
  /// Analogies in a batch of single pictures.
  public var singlesBatch = 32

  public init() {}

  /// The rule of the canvases for a model whose editor lays out by `own`, with tokens of so many pixels a side.
  public func rule(own: CanvasPlan.Rule, token: Int) -> TrainingCanvas.Rule {
    switch (layout, own) {
    case (.paper, _): .paper(resolution: Int(Double(canvasArea).squareRoot()), crops: crop)
    case (.plan, .aspect): .plan(.aspect(area: canvasArea), token: token)
    case (.plan, _): .plan(own, token: token)
    }
  }

  /// Whether the batch of that number is one of single pictures: spread evenly, so that every stretch has its share.
  func isSingle(_ batch: Int) -> Bool { singleCount(batch + 1) > singleCount(batch) }

  /// How many of the first `batches` are of single pictures.
  func singleCount(_ batches: Int) -> Int { Int(Double(batches) * singles) }

  func check(place: String) throws {
    let rules = SettingRules(place: place)
    try rules.require((1024...16_777_216).contains(canvasArea), "data.canvasArea", canvasArea, "1024 to 16777216 pixels")
    try rules.shares(["data.captionDropout": captionDropout, "data.singles": singles])
    try rules.counts(["data.singlesBatch": singlesBatch], to: 65536)
    try rules.require(
      encoded == .canvases || (layout == .plan && vae == .mode), "data.encoded", encoded.rawValue,
      "canvases unless data.layout is plan and data.vae is mode")
    try rules.require(
      singles == 0 || layout == .plan, "data.singles", singles,
      "0 with data.layout paper, whose quarters needn't be whole tokens (use plan)")
  }
}

extension KeyedDecodingContainer {
  /// Checkpoints written before there was a choice don't name it; what is synthesised for `PictureSettings` calls this.
  func decode(_ type: PairSampler.TaskShares.Type, forKey key: Key) throws -> PairSampler.TaskShares {
    try decodeIfPresent(type, forKey: key) ?? .byAnalogies
  }
}
