import LoRWeBPictures

/// One edit to do by words alone: no example, no basis, what the base itself knows.
public struct PromptEdit: Sendable {
  public var b: Picture
  /// What to do, such as "make it night".
  public var prompt: String
  /// The noise to start from: the one diffusers starts from on the CPU.
  public var seed: UInt64 = 0
  /// Sampling steps; nil is the model's own number.
  public var steps: Int?
  /// Guidance; nil is the model's own.
  public var guidance: Double?
  public var details = AnalogyEdit.Details.carry

  public init(b: Picture, prompt: String) {
    self.b = b
    self.prompt = prompt
  }
}

/// A picture edited by words.
public struct PromptResult: Sendable {
  /// b′ at b's size, with b's transparency.
  public let picture: Picture
  /// b′ as the model painted it, small.
  public let painted: Picture
}

extension AnalogyEditor {
  /// Edits b by words alone: the base sees b at the size it would have on the canvas, and paints b′ at that size.
  ///
  /// - Throws: what is wrong with the picture, the numbers or the model, in one sentence; `CancellationError`.
  public func edit(_ edit: PromptEdit) throws -> PromptResult {
    try computing {
      let sampling = try SamplingSettings(seed: edit.seed, steps: edit.steps, guidance: edit.guidance, else: folder.usage)
      let pipeline = try pipeline()
      // b in place of a and a′: only what the plan says about b is used.
      let plan = try CanvasPlan(a: edit.b.size, aPrime: edit.b.size, b: edit.b.size, rule: folder.usage.canvasRule)
      let conditioning = try pipeline.conditioning(prompt: edit.prompt)
      try Task.checkCancellation()
      let context = try pipeline.latents(of: plan.modelPicture(ofB: edit.b))
      let latents = try pipeline.sampled(
        plan.paintedQuarter.size, beside: context, told: conditioning, mix: nil, sampling
      ) { _, _ in }
      let painted = try pipeline.picture(of: latents)
      let picture =
        edit.details == .carry
        ? try DetailTransfer().apply(to: edit.b, guide: pipeline.picture(of: context), target: painted)
        : try plan.restored(painted).withAlpha(edit.b.alpha)
      return PromptResult(picture: picture, painted: painted)
    }
  }
}
