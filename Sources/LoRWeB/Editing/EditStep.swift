import LoRWeBPictures
import LoRWeBTorch

/// Where an edit, or a batch of them, has got to.
public struct EditStep: Sendable {
  public enum Stage: String, Sendable, Codable {
    case lookingAtPictures = "looking at the pictures"
    case readingPrompt = "reading the prompt"
    case encoding = "encoding the pictures"
    case loadingTransformer = "loading the transformer"
    case sampling
    case decoding
    case carryingDetails = "carrying details"
    case done
  }

  public let stage: Stage
  /// Share of the whole, 0 to 1.
  public let fraction: Double
  /// Sampling step, from 1, and their number; nil in other stages.
  public private(set) var sampling: (index: Int, count: Int)?
  /// What is being painted, one an edit in work; empty but after a sampling step.
  public private(set) var previews: [EditPreview] = []
  /// In the last step: one an edit, in their order.
  public private(set) var results: [AnalogyResult] = []

  /// Of a single edit.
  public var result: AnalogyResult? { results.first }
  public var preview: EditPreview? { previews.first }
}

/// What b′ will look like as far as can be told, made when it is asked for.
public struct EditPreview: Sendable {
  private let make: @Sendable () throws -> Picture

  init(_ make: @escaping @Sendable () throws -> Picture) { self.make = make }

  /// b′, a pixel a latent: the finished latents that the last step points to, through a linear map to colours.
  /// - Throws: `TorchError`, `PicturesError`.
  public func picture() throws -> Picture { try withTorchErrors { try noGrad { try make() } } }
}
