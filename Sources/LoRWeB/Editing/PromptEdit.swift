import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// One edit to do by words alone: no example, no basis, what the base itself knows.
public struct PromptEdit: Sendable {
  public var b: Picture
  /// What to do, such as "make it night".
  public var prompt: String
  /// As of an `AnalogyEdit`.
  public var seed: UInt64 = 0
  public var effort: Effort?
  public var steps: Int?
  public var guidance: Double?
  public var details = AnalogyEdit.Details.carry

  public init(b: Picture, prompt: String) { (self.b, self.prompt) = (b, prompt) }
}

/// A picture edited by words: b′ at b's size, with b's transparency, and as the model painted it, small.
public struct PromptResult: Sendable {
  public let picture, painted: Picture
}

extension AnalogyEditor {
  /// Edits b by words alone: the base sees b at the size it would have on the canvas, and paints b′ at that size.
  /// - Throws: as editing by analogy.
  public func edit(_ edit: PromptEdit) async throws -> PromptResult {
    try await host.perform { model in
      defer { if !model.parts.keeps { Engine.trimMemory() } }
      let choice = SamplingChoice(steps: edit.steps, guidance: edit.guidance, effort: edit.effort)
      let sampling = try SamplingSettings(seed: edit.seed, choice, else: model.usage)
      // b in place of a and a′: only what the plan says about b is used.
      let plan = try model.canvasPlan(a: edit.b.size, aPrime: edit.b.size, b: edit.b.size)
      let conditioning = try model.conditioning(edit.prompt)
      try Task.checkCancellation()
      let painting = Painting(
        context: try model.latents(of: plan.modelPicture(ofB: edit.b)), target: plan.paintedQuarter.size,
        factor: try model.spatialFactor(), conditioning: [conditioning], seeds: [sampling.seed], steps: sampling.steps,
        guidance: sampling.guidance, solver: sampling.solver, keep: sampling.keep)
      let painted = try model.picture(of: model.paint(painting, with: nil) { _ in try Task.checkCancellation() })
      let picture =
        edit.details == .carry
        ? try DetailTransfer().apply(to: edit.b, guide: model.autoencoded(plan.modelPicture(ofB: edit.b)), target: painted)
        : try plan.restored(painted).withAlpha(edit.b.alpha)
      return PromptResult(picture: picture, painted: painted)
    }
  }
}
