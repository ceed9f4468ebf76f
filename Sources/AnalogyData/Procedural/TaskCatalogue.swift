import Foundation

/// All tasks of the procedural set: 145 single ones and 32 compositions.
public struct TaskCatalogue: Sendable {
  /// Single tasks by family, A–K and W, then compositions.
  public let tasks: [ProceduralTask]
  private let positions: [String: Int]

  public static let standard = TaskCatalogue()

  private init() {
    let singles = [
      ColorTasks.all, StyleTasks.all, StyleTasks.mosaics, RestorationTasks.all, MapTasks.all, InsertionTasks.all,
      RemovalTasks.all, BackgroundTasks.all, GeometryTasks.all, ObjectTasks.all, ObjectTasks.materials, WeatherTasks.all,
      FrameTasks.all, FrameTasks.overlays, WarpTasks.all,
    ].flatMap(\.self)
    let byID = Dictionary(singles.map { ($0.id, $0) }) { first, _ in first }
    let compositions = Self.compositions.flatMap { kind, pairs in
      pairs.split(separator: " ").compactMap { pair -> ProceduralTask? in
        let parts = pair.split(separator: ".").compactMap { byID[String($0)] }
        return parts.count == 2 ? parts[0].then(parts[1], kind) : nil
      }
    }
    tasks = singles + compositions
    positions = Dictionary(tasks.enumerated().flatMap { [($1.id, $0), ($1.name, $0)] }) { first, _ in first }
  }

  private static let compositions: [(kind: ProceduralTask.Composition, pairs: String)] = [
    (.trained, "A1.K1 A4.K2 A9.K4 B2.K3 B5.K5 J1.A2 J2.K1 J4.K4 E1.A4 E2.J2 E3.H1 G2.I3 G3.H8 F1.A3 H1.A8 I1.K2"),
    (.unseenPair, "J4.J1 B2.K1 E1.A1 G3.I1 G5.E1 H1.B4 F3.A4 I2.J2 J6.K2 A5.K7 H3.A9 E6.G4"),
    (.unseenTask, "G3.I7 W2.A3 B16.K1 J11.A1"),
  ]

  /// The task of an id ("A1", "A1.K1") or a name ("warm", "warm+polaroid").
  /// - Throws: `ProceduralError.unknownTask`.
  public func task(_ name: String) throws -> ProceduralTask {
    guard let position = positions[name] else { throw ProceduralError.unknownTask(name) }
    return tasks[position]
  }

  /// What may be trained on: 104 tasks and 16 compositions.
  public var trained: [ProceduralTask] { tasks.filter { $0.split == .trained || $0.split == .composition(.trained) } }

  /// The tasks of a suite, in the catalogue's order.
  public func tasks(in suite: TaskSuite) -> [ProceduralTask] {
    tasks.filter { task in
      switch suite {
      case .u0: task.split == .trained
      case .u1: task.split == .heldOut
      case .u2: task.split == .heldOutFamily
      case .u3: task.split == .composition(.unseenPair)
      case .u4: task.split == .composition(.unseenTask)
      case .u5: !task.heldOutVariants.isEmpty
      }
    }
  }

  /// Tasks by what a user types: `all` single ones, `train`, a suite (`U0` … `U5`), or ids and names with commas between (`A1,warm,A1.K1`).
  /// - Throws: `ProceduralError.unknownTask`.
  public func tasks(named choice: String) throws -> [ProceduralTask] {
    switch choice {
    case "all": return tasks.filter { if case .composition = $0.split { false } else { true } }
    case "train": return trained
    default:
      if let suite = TaskSuite(rawValue: choice.uppercased()) { return tasks(in: suite) }
      let names = choice.split(separator: ",", omittingEmptySubsequences: false)
      return try names.map { try task($0.trimmingCharacters(in: .whitespaces)) }
    }
  }
}

/// A test suite; photos and cut-outs are always of the test part.
public enum TaskSuite: String, CaseIterable, Sendable {
  /// Trained tasks, new content.
  case u0 = "U0"
  /// Held-out tasks of trained families.
  case u1 = "U1"
  /// Held-out families.
  case u2 = "U2"
  /// Unseen pairs of trained tasks.
  case u3 = "U3"
  /// Pairs with an unseen task.
  case u4 = "U4"
  /// Trained tasks with values of θ that aren't trained.
  case u5 = "U5"

  /// Which values of θ the suite draws.
  public var theta: ThetaRange { self == .u5 ? .heldOut : .trained }
}

/// Which of a task's values of θ are drawn.
public enum ThetaRange: String, Sendable {
  /// Those that training may see; all, where none is held out.
  case trained
  /// Those that it never sees; all, where none is held out.
  case heldOut
  case all

  func variants(of task: ProceduralTask) -> Range<Int> {
    let heldOut = task.heldOutVariants
    return switch self {
    case .trained where !heldOut.isEmpty: 0..<heldOut.lowerBound
    case .heldOut where !heldOut.isEmpty: heldOut
    default: 0..<task.variants
    }
  }
}
