import LoRWeBTorch

extension QuadrupleMaker {
  /// One scene and what each of the tasks makes of it; tasks that don't show on it are left out.
  ///
  /// The first task decides which objects the scene has: of the others those are drawn that can do with them.
  /// - Throws: `ProceduralError.thinMaterial` or `.noScene`, for the first task.
  public func pairs(_ tasks: [ProceduralTask], seed: UInt64, theta range: ThetaRange = .trained) throws -> [ProceduralPair] {
    guard let first = tasks.first else { return [] }
    try check(first)
    var numbers = SeededNumbers(seed: seed, stream: [.max])
    let (theta, place) = draw(first, range, &numbers)
    let found = try pair(first, theta, role: 0, avoiding: place, seed: seed, numbers: &numbers)
    var pairs = [try ProceduralPair(first, theta, found)]
    for task in tasks.dropFirst() {
      let more = rendered(task, on: found.shot, drawnFor: first.need, theta: range, numbers: &numbers)
      if let more { pairs.append(try ProceduralPair(task, more.theta, more.pair)) }
    }
    return pairs
  }

  /// What a task makes of a scene that was drawn for another one; nil if the scene lacks what the task needs, if the material
  /// does, or if the change doesn't show.
  func rendered(
    _ task: ProceduralTask, on shot: Shot, drawnFor need: ProceduralTask.Need, theta range: ThetaRange,
    numbers: inout SeededNumbers
  ) -> (theta: Theta, pair: Rendered)? {
    guard task.fits(shot, drawnFor: need), (try? check(task)) != nil else { return nil }
    let (theta, _) = draw(task, range, &numbers)
    guard let (before, after) = apply(task, theta, to: shot) else { return nil }
    return (theta, Rendered(before: before, after: after, shot: shot, used: []))
  }
}

extension ProceduralPair {
  init(_ task: ProceduralTask, _ theta: Theta, _ rendered: QuadrupleMaker.Rendered) throws {
    try self.init(
      before: rendered.before.picture(), after: rendered.after.picture(), task: task.id, variant: theta.variant,
      instruction: task.instruction(variant: theta.variant))
  }
}

extension ProceduralTask {
  /// Whether the task can be done in a scene that was drawn for another's need: scenes for pictures or objects of any number
  /// place a single object, two or three as the needs of that name do.
  fileprivate func fits(_ shot: Shot, drawnFor other: Need) -> Bool {
    let count = shot.scene.objects.count
    let isFree = other == .pixels || other == .objects
    return switch need {
    case .pixels: true
    case .objects: (1...2).contains(count) || other == .three
    case .one: other == need || isFree && count == 1
    case .two: other == need || isFree && count == 2
    case .three: other == need || isFree && count == 3
    case .small, .aside: other == need
    }
  }
}
