import Foundation
import LoRWeBFiles
import LoRWeBPictures

/// Pictures that any tool made of a suite's items, a file an item. An item's file is `TASK/ITEM.png`, `TASK-ITEM.png` or, where
/// no other task has an item of that name, `ITEM.png`; `.jpg`, `.jpeg` and `.webp` do as well.
public struct OutputFolder: EvaluatedMethod {
  public let name: String
  /// Pictures in the folder that belong to no item of the suite, by their paths in it.
  public let extra: [String]
  private let url: URL
  /// By item, a path in the folder.
  private let files: [SuiteFolder.Item.ID: String]

  /// Finds every item's file and looks at its size.
  /// - Parameters:
  ///   - name: the row's name in tables.
  ///   - items: those that will be measured; of the suite's others files may be there.
  /// - Throws: `EvaluationError.badOutputs` for items without a file, with two, or with a picture of another size than the true
  ///   b′ in the suite; `FolderError.unlistable`; `PicturesError` for a damaged one.
  public init(_ name: String, _ url: URL, for items: [SuiteFolder.Item], of suite: SuiteFolder) throws {
    func refused(_ problem: String) -> EvaluationError {
      .badOutputs(folder: url.path(percentEncoded: false), problem: problem)
    }
    let pictures = try Self.pictures(in: url)
    let byName = Dictionary(grouping: pictures) { Self.comparable(($0 as NSString).deletingPathExtension) }
    let namesakes = Dictionary(grouping: suite.items, by: \.name)
    var owners: [String: SuiteFolder.Item.ID] = [:]
    var found: [SuiteFolder.Item.ID: [String]] = [:]
    for item in suite.items {
      let alone = namesakes[item.name]?.count == 1 ? [item.name] : []
      let names = ["\(item.task)/\(item.name)", "\(item.task)-\(item.name)"] + alone
      let own = names.flatMap { byName[Self.comparable($0)] ?? [] }
      for file in own {
        guard let other = owners.updateValue(item.id, forKey: file) else { continue }
        throw refused("\(file) can be of \(other) and of \(item.id); put it into a folder that is called as its task")
      }
      found[item.id] = own
    }
    let missing = items.filter { found[$0.id, default: []].isEmpty }.map { "\($0.task)/\($0.name).png" }
    guard missing.isEmpty else {
      throw refused(
        "\(missing.count) of \(items.count) items have no picture there (\(missing.prefix(5).joined(separator: ", "))"
          + "\(missing.count > 5 ? ", …" : "")); name each picture TASK/ITEM.png, or .jpg or .webp, by its item in the suite")
    }
    (self.name, self.url, files) = (name, url, found.compactMapValues(\.first))
    extra = pictures.filter { owners[$0] == nil }
    for item in items {
      let own = found[item.id, default: []]
      guard own.count == 1 else { throw refused("\(item.id) has two pictures, \(own[0]) and \(own[1]); keep one of them") }
      let (size, expected) = (try picture(of: item.id).size, try suite.picture(item.bPrime).size)
      guard size == expected else {
        throw refused("\(own[0]) has \(size) pixels but the true b′ of \(item.id) has \(expected); give it that size")
      }
    }
  }

  /// The tool's picture, brought to the item's size as the true b′ was.
  public func output(for item: EvaluationItem) throws -> Picture { try picture(of: item.id).resized(to: item.bPrime.size) }

  private func picture(of id: SuiteFolder.Item.ID) throws -> Picture {
    guard let file = files[id] else {
      throw EvaluationError.badOutputs(folder: url.path(percentEncoded: false), problem: "\(id) has no picture there")
    }
    return try Picture(contentsOf: url.appending(path: file)).composited()
  }

  /// File systems differ in how they spell a letter with an accent.
  private static func comparable(_ name: String) -> String { name.precomposedStringWithCanonicalMapping }

  /// Paths of everything that is named like a picture, in the folder and its tasks' folders.
  private static func pictures(in url: URL) throws -> [String] {
    let (folders, files) = try Folder.contents(of: url)
    let inner = try folders.flatMap { name in
      try Folder.contents(of: url.appending(path: name)).files.map { "\(name)/\($0)" }
    }
    return (files + inner).filter { PictureFormat(pathExtension: ($0 as NSString).pathExtension) != nil }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
