import Foundation

/// Analogies to train on, as they lie in a folder: tasks with their pairs, or quadruples prepared beforehand.
public struct AnalogySet: Sendable {
  /// How a folder holds its analogies.
  public enum Layout: String, Codable, CaseIterable, Sendable {
    /// `category/Group1/labels.json` with side-by-side pairs.
    case relation252k
    /// `control/`, `target/` and `analogy_metadata.json`, as the published preparation writes them.
    case prepared
    /// A folder a task with pictures named before and after, or in folders control and target.
    case pairs
  }

  public let root: URL
  public let layout: Layout
  /// Tasks of at least two usable pairs, by name; empty for a prepared set.
  public internal(set) var tasks: [AnalogyTask]
  /// A prepared set's quadruples, by id; empty for others.
  public internal(set) var prepared: [AnalogyQuadruple] = []
  /// All that is wrong with the folder, in the order of its files.
  public private(set) var findings: [SetFinding] = []
  /// Whatever else looks like a picture below the root and is in no analogy, by path; some of it is among the findings.
  public private(set) var unused: [String] = []

  /// A set of tasks that needn't be in a folder of a known layout.
  public init(root: URL, layout: Layout, tasks: [AnalogyTask]) { (self.root, self.layout, self.tasks) = (root, layout, tasks) }

  /// Reads a set to train on. Every picture is opened once, on all cores.
  /// - Parameters:
  ///   - layout: found out if nil.
  ///   - skippingBadPairs: whether what is wrong is left out and listed in `findings`, instead of refused.
  /// - Throws: `AnalogySetError.badPairs` if something is wrong and skipping isn't allowed, `.noAnalogies` if nothing is left,
  ///   `.notAFolder`, `.unknownLayout`; `FolderError.unlistable`.
  public init(contentsOf root: URL, layout: Layout? = nil, skippingBadPairs: Bool = false) throws {
    let set = try AnalogySet.checking(root, layout: layout)
    let path = root.path(percentEncoded: false)
    if let first = set.findings.first, !skippingBadPairs {
      throw AnalogySetError.badPairs(folder: path, count: set.findings.count, first: first.sentence)
    }
    guard !set.tasks.isEmpty || !set.prepared.isEmpty else { throw AnalogySetError.noAnalogies(folder: path) }
    self = set
  }

  /// Reads a set whatever is wrong with it: `findings` says what, tasks and quadruples are those that can be used.
  /// - Throws: `AnalogySetError.notAFolder`, `.unknownLayout`; `FolderError.unlistable`.
  public static func checking(_ root: URL, layout: Layout? = nil) throws -> AnalogySet {
    var folder = try SetFolder(root)
    var set = AnalogySet(root: root, layout: try layout ?? recognised(folder), tasks: [])
    switch set.layout {
    case .relation252k: set.tasks = try RelationFolder.read(&folder)
    case .prepared: set.prepared = try PreparedFolder.read(&folder)
    case .pairs: set.tasks = try PairsFolder.read(&folder)
    }
    for task in set.tasks where task.pairs.count < 2 {
      let count = task.pairs.isEmpty ? "no usable pair" : "only one usable pair"
      folder.report(folder.isFolder(task.name) ? task.name : "", "the task \(task.name) has \(count), but an analogy needs two")
    }
    if set.layout == .prepared && set.prepared.isEmpty { folder.report("", "there is no usable quadruple") }
    set.tasks.removeAll { $0.pairs.count < 2 }
    let used = Set(set.sources.map { $0.url.path(percentEncoded: false) })
    set.unused = try folder.pictures().filter { !used.contains(folder.url($0).path(percentEncoded: false)) }
    set.findings = folder.findings
    return set
  }

  /// Every picture of the set's quadruples once: of each quadruple that was prepared, then of each pair.
  var sources: [PictureSource] {
    var seen: Set<PictureSource> = []
    return (prepared.flatMap(\.sources) + tasks.flatMap { $0.pairs.flatMap { [$0.before, $0.after] } })
      .filter { seen.insert($0).inserted }
  }

  /// Several sets in one, each read as `init(contentsOf:)` reads it: prepared quadruples first, then tasks. No analogy is of two sets.
  /// - Throws: `AnalogySetError`.
  public init(joining roots: [URL]) throws {
    let sets = try roots.map { try AnalogySet(contentsOf: $0) }
    guard let first = sets.first else { throw AnalogySetError.noAnalogies(folder: "") }
    self.init(root: first.root, layout: first.layout, tasks: sets.flatMap(\.tasks))
    (prepared, findings, unused) = (sets.flatMap(\.prepared), sets.flatMap(\.findings), sets.flatMap(\.unused))
  }

  private static func recognised(_ folder: SetFolder) throws -> Layout {
    if try PreparedFolder.isLayout(of: folder) { return .prepared }
    if try RelationFolder.isLayout(of: folder) { return .relation252k }
    if try PairsFolder.isLayout(of: folder) { return .pairs }
    throw AnalogySetError.unknownLayout(folder: folder.root.path(percentEncoded: false))
  }
}
