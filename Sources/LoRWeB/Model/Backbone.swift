import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// The part of an editing model that paints, with all that is its own: what it is told and by which text encoders, how latents
/// become tokens, how many passes it takes. What a basis, a router, the canvas and the autoencoder do is the same for all.
public protocol Backbone {
  /// Whether it walks a flow from noise, and paints the parts of a canvas it is asked for, with the solver and the kept keys it is
  /// asked for; other backbones are asked for whole canvases only.
  var samplesFlow: Bool { get }
  /// Side in pixels of the square that a token of the canvas stands for, with `factor` pixels to a latent.
  func token(factor: Int) -> Int
  /// The linears a basis adapts, by path below the transformer.
  /// - Throws: `ModelError` for a bad configuration.
  func adapted() throws -> [AdaptedLinear]
  /// A prompt as each text encoder sees it; none for a backbone that is told nothing.
  /// - Throws: `TokenizerError`.
  func tokens(of prompt: String) throws -> [TokenSequence]
  /// What the model is told for a prompt.
  /// - Throws: what loading text encoders throws.
  func conditioning(_ prompt: String, _ parts: ModelParts) throws -> Conditioning
  /// Paints a batch: latents [B, C, h, w] of the painting's painted part, scaled as the autoencoder's.
  /// - Parameter report: told before the first pass and after each; what it throws ends the painting.
  /// - Throws: what loading throws; `ModelError.badInput` for a size that isn't whole tokens.
  func paint(_ painting: Painting, _ parts: ModelParts, report: (PaintingProgress) throws -> Void) throws -> Tensor
}

extension Backbone {
  public var samplesFlow: Bool { false }
  public func tokens(of prompt: String) throws -> [TokenSequence] { [] }
}

/// What a backbone is told besides pictures, by names of its own, [1, ...] each; empty for one that is told nothing.
public struct Conditioning {
  public let tensors: [String: Tensor]
  /// What of the prompt wasn't used, in sentences for the user.
  public let warnings: [String]

  public init(_ tensors: [String: Tensor] = [:], warnings: [String] = []) {
    (self.tensors, self.warnings) = (tensors, warnings)
  }
}

/// A batch to be painted.
public struct Painting {
  /// Latents of the pictures that are attended to, [B, C, h, w], scaled, in the type to compute in.
  public let context: Tensor
  /// Size in pixels of the picture that the context is of.
  public let seen: PictureSize
  /// Size in pixels of the canvas that is painted, or a part of it.
  public let target: PictureSize
  /// What is painted of the canvas, and what is attended to of the context.
  public let parts: CanvasParts
  /// Pixels that a latent stands for, along one side.
  public let factor: Int
  /// One a sample, as seeds are.
  public let conditioning: [Conditioning]
  public let seeds: [UInt64]
  /// Passes, for a backbone that takes several.
  public let steps: Int
  public let guidance: Double
  public let solver: FlowSolver
  /// Keys and values of what isn't painted are computed every so many passes; 1 for all.
  public let keep: Int

  /// - Parameter parts: nil for all of the canvas and of the context.
  public init(
    context: Tensor, target: PictureSize, parts: CanvasParts? = nil, factor: Int, conditioning: [Conditioning], seeds: [UInt64],
    steps: Int, guidance: Double, solver: FlowSolver = .euler, keep: Int = 1
  ) {
    seen = PictureSize(width: factor * context.size(3), height: factor * context.size(2))
    self.parts = parts ?? CanvasParts(painted: CanvasParts.Part(target), context: [CanvasParts.Part(seen)])
    (self.solver, self.keep) = (solver, keep)
    (self.context, self.target, self.factor, self.conditioning) = (context, target, factor, conditioning)
    (self.seeds, self.steps, self.guidance) = (seeds, steps, guidance)
  }
}

/// Where a painting has got to.
public struct PaintingProgress {
  /// Passes done, of how many.
  public let done, count: Int
  /// What the finished latents [B, C, h, w] will be, as far as can be told now; nil before the first pass.
  public let estimate: (() -> Tensor)?

  public init(done: Int, count: Int, estimate: (() -> Tensor)? = nil) {
    (self.done, self.count, self.estimate) = (done, count, estimate)
  }
}
