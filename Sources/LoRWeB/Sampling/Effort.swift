import LoRWeBModels

/// How much work an edit may be.
public enum Effort: String, NamedChoice {
  /// Euler on the full canvas with the model's own number of steps, as published: what is compared with other programs.
  case exact
  /// Eight steps of ab2 in which b' alone is painted, seeing all of the canvas.
  case balanced
  /// The same with keys and values of text and context computed every other step.
  case fast

  /// Steps of `balanced` and `fast`.
  public static let steps = 8
}

/// What is taken where a user says nothing.
struct UsualSampling {
  let steps: Int
  let solver: FlowSolver
  let canvas: CanvasLayout
  let keep: Int

  /// What the model's folder asks for, or what an effort means with it: on a model of one step another canvas and no more.
  init(_ effort: Effort?, of usage: ModelUsage) {
    let own = usage.sampling.steps
    switch effort {
    case nil: (steps, solver, canvas, keep) = (own, usage.solver ?? .euler, usage.canvas ?? .full, usage.keep ?? 1)
    case .exact:
      // A folder's steps are meant for its solver, and Euler needs more of them than ab2.
      let isShort = usage.solver == .ab2 && own > 1
      (steps, solver, canvas, keep) = (isShort ? max(own, ModelUsage.defaults.steps) : own, .euler, .full, 1)
    case .balanced: (steps, solver, canvas, keep) = (own == 1 ? 1 : Effort.steps, .ab2, .quarter, 1)
    case .fast: (steps, solver, canvas, keep) = (own == 1 ? 1 : Effort.steps, .ab2, .quarter, 2)
    }
  }
}
