import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBPictures

/// Analogies to measure on, fixed in a folder: `suite.json`, and the pictures it names. Each item names the pictures of an
/// analogy with its answer, and what other tasks make of the same b, so that identification asks the same of every method.
public struct SuiteFolder: Sendable {
  /// One analogy; paths are relative to the folder.
  public struct Item: Codable, Equatable, Identifiable, Sendable {
    /// What tells it from the suite's other items.
    public struct ID: Hashable, Sendable, CustomStringConvertible {
      public let task, item: String
      public var description: String { "item \(item) of task \(task)" }
    }

    /// A name of its own within the task.
    public var name: String
    public var task: String
    /// A group of tasks; may be left out.
    public var family: String?
    /// The change in words, for methods that are told it.
    public var instruction: String
    public var a, aPrime, b, bPrime: String
    /// True b′ of other tasks on the same b; may be left out, which leaves identification out.
    public var others: [String]?

    public var id: ID { ID(task: task, item: name) }
  }

  struct File: Codable {
    var version: Int
    var name: String
    /// How the suite was made; nobody but people reads it.
    var source: String?
    var items: [Item]
  }

  public static let file = "suite.json"
  static let version = 1
  public let url: URL
  public let name: String
  public let items: [Item]

  /// Reads the list, and no pictures.
  /// - Throws: `EvaluationError.badSuite`; `ModelError.badConfig` naming file and key.
  public init(_ url: URL) throws {
    let place = url.appending(path: Self.file)
    let path = place.path(percentEncoded: false)
    guard let data = try? Data(opening: place) else {
      throw EvaluationError.badSuite(file: path, problem: "it is missing or can't be read")
    }
    let file: File = try readConfig(from: data, named: path)
    try Self.check(file, at: path)
    (self.url, name, items) = (url, file.name, file.items)
  }

  /// Refuses a list that nothing can be measured on.
  static func check(_ file: File, at path: String) throws {
    func refused(_ problem: String) -> EvaluationError { .badSuite(file: path, problem: problem) }
    guard file.version == version else { throw refused("its version is \(file.version), expected \(version)") }
    guard !file.items.isEmpty else { throw refused("it lists no items") }
    var seen: Set<Item.ID> = []
    for item in file.items where !seen.insert(item.id).inserted { throw refused("\(item.id) stands in it twice") }
  }

  /// An item's pictures as they are in the folder, without transparency, each decoded once.
  /// - Parameter readsOthers: false leaves out what only identification looks at.
  /// - Throws: `PicturesError` for a picture that is missing or damaged.
  public func item(_ item: Item, readsOthers: Bool) throws -> EvaluationItem {
    EvaluationItem(
      family: item.family, task: item.task, name: item.name, instruction: item.instruction, a: try picture(item.a),
      aPrime: try picture(item.aPrime), b: try picture(item.b), bPrime: try picture(item.bPrime),
      others: try readsOthers ? (item.others ?? []).map(picture) : [])
  }

  func picture(_ path: String) throws -> Picture { try Picture(contentsOf: url.appending(path: path)).composited() }
}

extension SuiteFolder {
  /// An item that isn't in a folder yet.
  public struct Draft: Sendable {
    /// Its pictures, names and the change in words; task, name and the others' tasks become parts of paths.
    public var item: EvaluationItem
    /// The tasks whose b′ `item.others` are, in their order.
    public var otherTasks: [String]

    public init(_ item: EvaluationItem, otherTasks: [String]) { (self.item, self.otherTasks) = (item, otherTasks) }
  }

  /// Writes a suite: a folder a task, in it one an item with its pictures, and the list. It appears when everything is in it.
  /// - Parameters:
  ///   - source: how the suite was made, for people who want to make it again.
  ///   - draft: the items, asked for one after another; what it throws ends the work.
  /// - Throws: `FolderError.unwritable`, `EvaluationError.badSuite` for items that make no suite; `PicturesError`.
  public static func write(
    _ name: String, source: String? = nil, to output: URL, count: Int, _ draft: (Int) throws -> Draft
  ) throws {
    try Folder.checkFree(output)
    let path = output.appending(path: file).path(percentEncoded: false)
    do {
      try AtomicFolder.write(to: output) { scratch in
        var items: [Item] = []
        for number in 0..<count { items.append(try write(draft(number), to: scratch, of: path)) }
        let list = File(version: version, name: name, source: source, items: items)
        try check(list, at: path)
        try list.readableJSON().write(to: scratch.appending(path: file))
      }
    } catch let error as CocoaError {
      throw FolderError.unwritable(output.path(percentEncoded: false), reason: error.plainReason)
    }
  }

  private static func write(_ draft: Draft, to scratch: URL, of path: String) throws -> Item {
    let (item, others) = (draft.item, draft.otherTasks)
    func refused(_ problem: String) -> EvaluationError { .badSuite(file: path, problem: problem) }
    for name in [item.task, item.name] + others where name.isEmpty || name.hasPrefix(".") || name.contains("/") {
      throw refused("\"\(name)\" can't be the name of a folder or file in it")
    }
    guard Set(others).count == item.others.count, others.count == item.others.count else {
      throw refused("item \(item.name) of task \(item.task) doesn't have one other picture for each of its other tasks")
    }
    let place = "\(item.task)/\(item.name)"
    try FileManager.default.createDirectory(at: scratch.appending(path: place), withIntermediateDirectories: true)
    func write(_ picture: Picture, _ name: String) throws -> String {
      let path = "\(place)/\(name).png"
      try picture.write(to: scratch.appending(path: path))
      return path
    }
    return Item(
      name: item.name, task: item.task, family: item.family, instruction: item.instruction, a: try write(item.a, "a"),
      aPrime: try write(item.aPrime, "a2"), b: try write(item.b, "b"), bPrime: try write(item.bPrime, "b2"),
      others: try zip(item.others, others).map { try write($0, "other-\($1)") })
  }
}
