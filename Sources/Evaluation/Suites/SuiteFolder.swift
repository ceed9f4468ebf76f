import Foundation
import LoRWeBFiles
import LoRWeBModels
import LoRWeBPictures

/// Analogies to measure on, fixed in a folder: `suite.json`, and the pictures it names.
///
/// Each item names the pictures of an analogy with its answer, and what other tasks make of the same b, so that identification
/// asks the same of every method on every day.
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

  /// What `suite.json` holds.
  struct File: Codable {
    var version: Int
    var name: String
    /// How the suite was made; nobody but people reads it.
    var source: String?
    var items: [Item]
  }

  /// The file's name.
  public static let file = "suite.json"
  static let version = 1
  public let url: URL
  public let name: String
  public let items: [Item]

  /// Reads the list, and no pictures.
  ///
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
    guard file.version == version else {
      throw EvaluationError.badSuite(file: path, problem: "its version is \(file.version), expected \(version)")
    }
    guard !file.items.isEmpty else { throw EvaluationError.badSuite(file: path, problem: "it lists no items") }
    var seen: Set<Item.ID> = []
    for item in file.items where !seen.insert(item.id).inserted {
      throw EvaluationError.badSuite(file: path, problem: "\(item.id) stands in it twice")
    }
  }

  /// An item's pictures as they are in the folder, without transparency, each decoded once.
  ///
  /// - Parameter readsOthers: false leaves out what only identification looks at.
  /// - Throws: `PicturesError` for a picture that is missing or damaged.
  public func item(_ item: Item, readsOthers: Bool) throws -> EvaluationItem {
    EvaluationItem(
      family: item.family, task: item.task, name: item.name, instruction: item.instruction, a: try picture(item.a),
      aPrime: try picture(item.aPrime), b: try picture(item.b), bPrime: try picture(item.bPrime),
      others: try readsOthers ? (item.others ?? []).map(picture) : [])
  }

  /// A picture of the folder, without transparency.
  func picture(_ path: String) throws -> Picture { try Picture(contentsOf: url.appending(path: path)).composited() }
}
