import Foundation
import LoRWeBCheckpoints
import LoRWeBPictures

extension SuiteFolder {
  /// An item that isn't in a folder yet.
  public struct Draft: Sendable {
    /// Its pictures, names and the change in words; task, name and the others' tasks become parts of paths.
    public var item: EvaluationItem
    /// The tasks whose b′ `item.others` are, in their order.
    public var otherTasks: [String]

    /// Checks nothing; `write` does.
    public init(_ item: EvaluationItem, otherTasks: [String]) {
      (self.item, self.otherTasks) = (item, otherTasks)
    }
  }

  /// Writes a suite: a folder a task, in it one an item with its pictures, and the list. The folder appears when everything is in it.
  ///
  /// - Parameters:
  ///   - source: how the suite was made, for people who want to make it again.
  ///   - draft: the items, asked for one after another; what it throws ends the work.
  /// - Throws: `EvaluationError.unwritable`, `.badSuite` for items that make no suite; `PicturesError`.
  public static func write(
    _ name: String, source: String? = nil, to output: URL, count: Int, _ draft: (Int) throws -> Draft
  ) throws {
    try checkFree(output)
    do {
      try AtomicFolder.write(to: output) { scratch in
        var items: [Item] = []
        for number in 0..<count { items.append(try write(draft(number), to: scratch, of: output)) }
        let list = File(version: version, name: name, source: source, items: items)
        try check(list, at: output.appending(path: file).path(percentEncoded: false))
        try list.readableJSON().write(to: scratch.appending(path: file))
      }
    } catch let error as CocoaError {
      throw EvaluationError.unwritable(folder: output.path(percentEncoded: false), reason: error.plainReason)
    }
  }

  /// Refuses a place where something is already.
  ///
  /// - Throws: `EvaluationError.unwritable`.
  public static func checkFree(_ output: URL) throws {
    let path = output.path(percentEncoded: false)
    guard !FileManager.default.fileExists(atPath: path) else {
      throw EvaluationError.unwritable(
        folder: path, reason: "there is something already; delete it or name another folder")
    }
  }

  private static func write(_ draft: Draft, to scratch: URL, of output: URL) throws -> Item {
    let (item, others) = (draft.item, draft.otherTasks)
    func refused(_ problem: String) -> EvaluationError {
      .badSuite(file: output.appending(path: file).path(percentEncoded: false), problem: problem)
    }
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
