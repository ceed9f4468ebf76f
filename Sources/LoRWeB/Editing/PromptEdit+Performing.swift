import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

extension AnalogyEditor {
  /// Edits b by words alone: the base sees b at the size it would have on the canvas, and paints b′ at that size.
  ///
  /// - Throws: what is wrong with the picture, the numbers or the model, in one sentence; `CancellationError`.
  public func edit(_ edit: PromptEdit) async throws -> PromptResult {
    try await host.perform { model in
      defer { if !model.parts.keeps { Engine.trimMemory() } }
      let sampling = try SamplingSettings(seed: edit.seed, steps: edit.steps, guidance: edit.guidance, else: model.usage)
      // b in place of a and a′: only what the plan says about b is used.
      let plan = try model.canvasPlan(a: edit.b.size, aPrime: edit.b.size, b: edit.b.size)
      let conditioning = try model.conditioning(edit.prompt)
      try Task.checkCancellation()
      let context = try model.latents(of: plan.modelPicture(ofB: edit.b))
      let painting = Painting(
        context: context, target: plan.paintedQuarter.size, factor: try model.spatialFactor(),
        conditioning: [conditioning], seeds: [sampling.seed], steps: sampling.steps, guidance: sampling.guidance)
      let latents = try model.paint(painting, with: nil) { _ in try Task.checkCancellation() }
      let painted = try model.picture(of: latents)
      let picture =
        edit.details == .carry
        ? try DetailTransfer().apply(to: edit.b, guide: model.autoencoded(plan.modelPicture(ofB: edit.b)), target: painted)
        : try plan.restored(painted).withAlpha(edit.b.alpha)
      return PromptResult(picture: picture, painted: painted)
    }
  }
}
