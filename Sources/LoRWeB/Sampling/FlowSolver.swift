import LoRWeBModels
import LoRWeBTorch

/// How a flow is walked from one noise level to the next.
public enum FlowSolver: String, NamedChoice {
  /// Along the velocity where the step begins, as published.
  case euler
  /// Second-order Adams–Bashforth for uneven levels: along the velocity in the step's middle, as a line through this step's and the
  /// last one's points there. The first step is Euler's. For one kept tensor eight steps come as near as 28 of Euler's
  /// (Hairer, Nørsett, Wanner: Solving Ordinary Differential Equations I, III.5).
  case ab2

  /// The velocity to take a step along, [B, L, C] in the velocity's type.
  /// - Parameter last: the velocity of the step before, nil in the first.
  public func direction(_ index: Int, of schedule: FlowSchedule, velocity: Tensor, last: Tensor?) -> Tensor {
    guard self == .ab2, index > 0, let last else { return velocity }
    let (before, now, next) = (schedule.sigmas[index - 1], schedule.sigmas[index], schedule.sigmas[index + 1])
    let share = (Double(next) - Double(now)) / (2 * (Double(now) - Double(before)))
    let exact = velocity.to(.float32)
    return (exact + (exact - last.to(.float32)) * share).to(velocity.dtype)
  }
}
