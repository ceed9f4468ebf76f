import Foundation
import LoRWeBTorch
import Synchronization

/// A run as a program follows it: an asynchronous sequence of its steps (docs/train.md shows one).
///
/// Steps are done when they are asked for, on the session's own thread. Leaving the loop, or cancelling its task, stops the run
/// after the step it is in, with a checkpoint of it; `end` waits for that. `metrics.jsonl`, checkpoints, sample pictures and the
/// report are written on the way.
public actor TrainingSession<Plan: TrainingPlan>: AsyncSequence {
  public typealias Element = StepReport

  public nonisolated let plan: Plan
  private nonisolated let logEvery: Int
  private nonisolated let isStopped = Mutex(false)
  private let engine: Engine
  private var begun: BegunRun<Plan.Goal>?
  private var log: MetricsLog?
  private var secondsPerStep = 0.0
  /// The step of the last checkpoint.
  private var saved = 0
  private var hasFailed = false
  /// What the run was for, once it is made.
  private var result: URL?

  public nonisolated var unownedExecutor: UnownedSerialExecutor { engine.asUnownedSerialExecutor() }

  /// - Parameter logEvery: steps between lines of `metrics.jsonl`; steps at which something is measured have one too.
  public init(_ plan: Plan, logEvery: Int = 10) {
    (self.plan, self.logEvery) = (plan, Swift.max(logEvery, 1))
    engine = Engine(device: plan.device)
  }

  /// Reads, encodes and loads what the run needs, which the first step does otherwise.
  /// - Throws: what is wrong with plan, model or data, in one sentence; `CancellationError`, what was encoded is kept then.
  @discardableResult
  public nonisolated func prepare(_ tell: @escaping @Sendable (PreparationNews) -> Void = { _ in }) async throws -> RunOverview
  {
    try await uncancelled { try await self.overview(tell) }
  }

  /// Figures on what isn't learned from, with averaged weights as they are now; none where only a basis learns.
  public func measure() throws -> [String: Double] { try begin().run.measure() }

  /// Ends the run where it is, with a checkpoint of the last step done.
  /// - Returns: what the run was for if all its steps are done, else its last checkpoint; its folder if there is none.
  @discardableResult
  public nonisolated func end() async throws -> URL { try await uncancelled { try await self.finish() } }

  private func overview(_ tell: (PreparationNews) -> Void) throws -> RunOverview { try begin(tell).overview }

  private func begin(_ tell: (PreparationNews) -> Void = { _ in }) throws -> BegunRun<Plan.Goal> {
    if let begun { return begun }
    let begun = try plan.begin { news in
      tell(news)
      try checkStop()
    }
    try checkStop()
    log = try MetricsLog(begun.run.folder, after: begun.run.step)
    (self.begun, saved) = (begun, begun.run.step)
    return begun
  }

  private func next() throws -> Element? {
    do {
      let begun = try begin()
      guard var report = try begun.run.next() else {
        try finish()
        return nil
      }
      let (step, left) = (begun.run.step, begun.run.config.steps - begun.run.step)
      let seconds = report.metrics.secondsPerStep
      secondsPerStep = secondsPerStep == 0 ? seconds : secondsPerStep * 0.9 + seconds * 0.1
      (report.metrics.secondsPerStep, report.metrics.secondsLeft) = (secondsPerStep, secondsPerStep * Double(left))
      if step.isMultiple(of: logEvery) || left == 0 || report.metrics.measured != nil {
        report.metrics.add(try begun.run.objective.health())
        try log?.append(report.metrics)
      }
      if let checkpoint = report.checkpoint {
        saved = step
        try begun.publish(checkpoint)
      }
      return report
    } catch {
      hasFailed = true
      throw error
    }
  }

  @discardableResult
  private func finish() throws -> URL {
    guard let begun else { return plan.output }
    let run = begun.run
    if run.step == run.config.steps, !hasFailed, let finish = begun.finish {
      let made = try result ?? finish()
      result = made
      return made
    }
    if run.step > saved, !hasFailed {
      try run.save()
      saved = run.step
    }
    return try run.folder.checkpoints().last?.url ?? plan.output
  }

  /// - Throws: `CancellationError` if the session was asked to stop.
  func checkStop() throws { if isStopped.withLock(\.self) { throw CancellationError() } }

  /// Does work in a task of its own, since files aren't written in a cancelled one; cancelling asks the session to stop instead.
  nonisolated func uncancelled<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    try await withTaskCancellationHandler {
      try await Task { try await work() }.value
    } onCancel: {
      isStopped.withLock { $0 = true }
    }
  }

  public nonisolated func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// Does a step each time it is asked, and ends the run when its loop is left.
  public final class Iterator: AsyncIteratorProtocol, Sendable {
    private let session: TrainingSession

    init(_ session: TrainingSession) { self.session = session }

    deinit { Task { [session] in try await session.end() } }

    /// - Throws: `TrainingError.notFinite`, what the data and writing throw; the checkpoints that are there stay.
    public func next() async throws -> Element? {
      guard !Task.isCancelled else { return nil }
      return try await session.uncancelled { [session] in try await session.next() }
    }
  }
}
