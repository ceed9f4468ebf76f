import LoRWeBModels

/// What a user may choose about sampling; nil is the effort's or the model's own.
struct SamplingChoice {
  var steps: Int?
  var guidance: Double?
  var effort: Effort?
  var solver: FlowSolver?
  var canvas: CanvasLayout?
  var keep: Int?
}

/// How an edit is sampled, with the model's own numbers where the user chose nothing.
struct SamplingSettings {
  let seed: UInt64
  let steps: Int
  let guidance: Double
  let solver: FlowSolver
  let canvas: CanvasLayout
  /// Keys and values of text and context are computed every so many steps.
  let keep: Int

  /// - Throws: `ScheduleError` or `ModelError.badInput` for numbers no edit can be made with, and for choices that contradict
  ///   each other or would change nothing.
  init(seed: UInt64, _ choice: SamplingChoice, else usage: ModelUsage) throws {
    if let steps = choice.steps { try ScheduleError.check(steps: steps) }
    if let guidance = choice.guidance, !(0...100).contains(guidance) {
      throw ModelError.badInput("The guidance must be from 0 to 100, found \(guidance).")
    }
    let usual = UsualSampling(choice.effort, of: usage)
    (self.seed, steps) = (seed, choice.steps ?? usual.steps)
    guidance = choice.guidance ?? usage.sampling.guidance
    solver = choice.solver ?? (steps > 1 ? usual.solver : .euler)
    canvas = choice.canvas ?? usual.canvas
    keep = choice.keep ?? (usual.keep < steps ? usual.keep : 1)
    try check(choice)
  }

  /// Euler on the full canvas with nothing kept.
  private var isPublished: Bool { solver == .euler && canvas == .full && keep == 1 }

  private func check(_ choice: SamplingChoice) throws {
    guard choice.effort != .exact || isPublished else {
      throw ScheduleError(
        "The effort exact is the solver euler on the full canvas with nothing kept, but something else was asked for besides "
          + "(solver \(solver.rawValue), canvas \(canvas.rawValue), keep \(keep)); leave out one of the two.")
    }
    guard choice.solver != .ab2 || steps > 1 else {
      throw ScheduleError(
        "The solver ab2 goes by the velocity of the step before, but there is one step only; take more steps, or euler.")
    }
    guard keep >= 1 else {
      throw ScheduleError("Keys and values must be kept for 1 step (none is kept) or more, found \(keep).")
    }
    guard keep == 1 || keep < steps else {
      throw ScheduleError(
        "Keys and values kept for \(keep) of \(steps) steps would all be the first step's, which are worth least; keep them for "
          + "fewer steps than there are.")
    }
  }

  /// - Throws: `ModelError.badInput` for a backbone that can't sample so.
  func check(_ backbone: any Backbone) throws {
    guard backbone.samplesFlow || isPublished else {
      throw ModelError.badInput(
        "This model paints whole canvases in a way of its own, so it can't do with the solver \(solver.rawValue), the canvas "
          + "\(canvas.rawValue) and keys kept for \(keep) of its steps; leave them out or ask for the effort exact.")
    }
  }
}
