import Foundation
import LoRWeBTorch
import Synchronization

/// A run as a program follows it: an asynchronous sequence of its steps.
///
/// ```swift
/// let plan = BasisTraining(model: model, inputs: .pictures(TrainingSet(folder)), output: output)
/// let session = TrainingSession(plan)
/// try await session.prepare()                    // reads, encodes and loads
/// for try await step in session { print(step.metrics.loss) }
/// print(try await session.end())                 // the last checkpoint
/// ```
///
/// Steps are done when they are asked for, on the session's own thread. Leaving the loop, or cancelling its task, stops the run
/// after the step it is in, with a checkpoint of it; `end` waits for that. `metrics.jsonl`, checkpoints, sample pictures and the
/// report are written on the way.
public actor TrainingSession<Plan: TrainingPlan>: AsyncSequence {
  /// A step that was done.
  public struct Element: Sendable {
    /// With the routing's health at the steps of `metrics.jsonl`, and without it at others.
    public let metrics: TrainingMetrics
    /// The checkpoint written after it, finished with its samples and the report.
    public let checkpoint: RunFolder.Checkpoint?
  }

  public nonisolated let plan: Plan
  private nonisolated let logEvery: Int
  private nonisolated let stop = StopRequest()
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
  ///
  /// - Parameter tell: told how far it has got.
  /// - Throws: what is wrong with plan, model or data, in one sentence; `CancellationError`, what was encoded is kept then.
  @discardableResult
  public nonisolated func prepare(_ tell: @escaping @Sendable (PreparationNews) -> Void = { _ in }) async throws -> RunOverview
  {
    try await uncancelled { try await self.overview(tell) }
  }

  /// Figures on what isn't learned from, with averaged weights as they are now; none where only a basis learns.
  public func measure() throws -> [String: Double] { try begin().run.measure() }

  /// Ends the run where it is, with a checkpoint of the last step done.
  ///
  /// - Returns: what the run was for if all its steps are done, else its last checkpoint; its folder if there is none.
  /// - Throws: what writing throws.
  @discardableResult
  public nonisolated func end() async throws -> URL { try await uncancelled { try await self.finish() } }

  // MARK: - On the session's thread

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
      guard let report = try begun.run.next() else {
        try finish()
        return nil
      }
      secondsPerStep = secondsPerStep == 0 ? report.seconds : secondsPerStep * 0.9 + report.seconds * 0.1
      let steps = begun.run.config.steps
      let isLogged = report.step.isMultiple(of: logEvery) || report.step == steps || report.measured != nil
      let metrics = TrainingMetrics(
        report, isLogged ? try begun.run.objective.health() : nil, secondsPerStep: secondsPerStep, steps: steps)
      if isLogged { try log?.append(metrics) }
      if let checkpoint = report.checkpoint {
        saved = report.step
        try begun.publish(checkpoint)
      }
      return Element(metrics: metrics, checkpoint: report.checkpoint)
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
  func checkStop() throws { try stop.check() }

  /// Does work in a task of its own, since files aren't written in a cancelled one; cancelling asks the session to stop instead.
  nonisolated func uncancelled<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
    let stop = stop
    return try await withTaskCancellationHandler {
      try await Task { try await work() }.value
    } onCancel: {
      stop.make()
    }
  }

  // MARK: - The sequence

  public nonisolated func makeAsyncIterator() -> Iterator { Iterator(self) }

  /// Does a step each time it is asked, and ends the run when its loop is left.
  public final class Iterator: AsyncIteratorProtocol, Sendable {
    private let session: TrainingSession

    init(_ session: TrainingSession) {
      self.session = session
    }

    deinit {
      let session = session
      Task { try await session.end() }
    }

    /// - Throws: `TrainingError.notFinite`, what the data and writing throw; the checkpoints that are there stay.
    public func next() async throws -> Element? {
      let session = session
      guard !Task.isCancelled else { return nil }
      return try await session.uncancelled { try await session.next() }
    }
  }
}

/// Whether a session was asked to stop.
private final class StopRequest: Sendable {
  private let isMade = Mutex(false)

  func make() { isMade.withLock { $0 = true } }

  func check() throws {
    if isMade.withLock({ $0 }) { throw CancellationError() }
  }
}
