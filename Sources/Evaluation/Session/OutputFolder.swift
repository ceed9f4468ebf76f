import Foundation
import LoRWeBPictures

/// Pictures that any tool made of a suite's items, a file an item.
///
/// An item's file is `TASK/ITEM.png`, `TASK-ITEM.png` or, where no other task has an item of that name, `ITEM.png`; `.jpg`,
/// `.jpeg` and `.webp` do as well.
public struct OutputFolder: EvaluatedMethod {
  public let name: String
  /// Pictures in the folder that belong to no item of the suite, by their paths in it.
  public let extra: [String]
  private let url: URL
  /// By item, a path in the folder.
  private let files: [SuiteFolder.Item.ID: String]

  /// Finds every item's file and looks at its size.
  ///
  /// - Parameters:
  ///   - name: the row's name in tables.
  ///   - items: those that will be measured; of the suite's others files may be there.
  /// - Throws: `EvaluationError.badOutputs` for items without a file, with two, or with a picture of another size than the true
  ///   b′ in the suite; `PicturesError` for a damaged one.
  public init(_ name: String, _ url: URL, for items: [SuiteFolder.Item], of suite: SuiteFolder) throws {
    let pictures = try Self.pictures(in: url)
    let tasks = Dictionary(grouping: suite.items, by: \.name).mapValues(\.count)
    let names = Dictionary(
      grouping: pictures, by: { ($0 as NSString).deletingPathExtension.precomposedStringWithCanonicalMapping })
    var owners: [String: SuiteFolder.Item.ID] = [:]
    var files: [SuiteFolder.Item.ID: String] = [:]
    func found(_ item: SuiteFolder.Item) -> [String] {
      var stems = ["\(item.task)/\(item.name)", "\(item.task)-\(item.name)"]
      if tasks[item.name] == 1 { stems.append(item.name) }
      return stems.flatMap { names[$0.precomposedStringWithCanonicalMapping] ?? [] }
    }
    for item in suite.items {
      for file in found(item) {
        if let other = owners.updateValue(item.id, forKey: file) {
          throw EvaluationError.badOutputs(
            folder: url.path(percentEncoded: false),
            problem:
              "\(file) can be of item \(other.item) of task \(other.task) and of item \(item.name) of task \(item.task); "
              + "put it into a folder that is called as its task")
        }
      }
    }
    var missing: [String] = []
    for item in items {
      let own = found(item)
      guard own.count < 2 else {
        throw EvaluationError.badOutputs(
          folder: url.path(percentEncoded: false),
          problem: "item \(item.name) of task \(item.task) has two pictures, \(own[0]) and \(own[1]); keep one of them")
      }
      if let file = own.first { files[item.id] = file } else { missing.append("\(item.task)/\(item.name)") }
    }
    guard missing.isEmpty else {
      let shown = missing.prefix(5).map { "\($0).png" }.joined(separator: ", ")
      throw EvaluationError.badOutputs(
        folder: url.path(percentEncoded: false),
        problem: "\(missing.count) of \(items.count) items have no picture there (\(shown)\(missing.count > 5 ? ", …" : "")); "
          + "name each picture TASK/ITEM.png, or .jpg or .webp, by its item in the suite")
    }
    (self.name, self.url, self.files, extra) = (name, url, files, pictures.filter { owners[$0] == nil })
    for item in items {
      let (size, expected) = (try picture(of: item.id).size, try suite.picture(item.bPrime).size)
      guard size == expected else {
        throw EvaluationError.badOutputs(
          folder: url.path(percentEncoded: false),
          problem:
            "\(files[item.id] ?? item.name) has \(size) pixels but item \(item.name) of task \(item.task) has a true b′ of "
            + "\(expected); give every picture its item's size")
      }
    }
  }

  /// The tool's picture, brought to the item's size as the true b′ was.
  public func output(for item: EvaluationItem) throws -> Picture {
    try picture(of: item.id).resized(to: item.bPrime.size)
  }

  private func picture(of id: SuiteFolder.Item.ID) throws -> Picture {
    guard let file = files[id] else {
      throw EvaluationError.badOutputs(
        folder: url.path(percentEncoded: false), problem: "item \(id.item) of task \(id.task) was not looked for there")
    }
    return try Picture(contentsOf: url.appending(path: file)).composited()
  }

  /// Paths of everything that is named like a picture, in the folder and its tasks' folders.
  private static func pictures(in url: URL) throws -> [String] {
    let files = FileManager.default
    func names(_ folder: URL) throws -> [String] {
      do {
        return try files.contentsOfDirectory(atPath: folder.path(percentEncoded: false)).filter { !$0.hasPrefix(".") }.sorted()
      } catch let error as CocoaError {
        throw EvaluationError.badOutputs(folder: folder.path(percentEncoded: false), problem: error.plainReason)
      }
    }
    func isPicture(_ name: String) -> Bool { PictureFormat(pathExtension: (name as NSString).pathExtension) != nil }
    return try names(url).flatMap { name -> [String] in
      var isFolder: ObjCBool = false
      let place = url.appending(path: name)
      guard files.fileExists(atPath: place.path(percentEncoded: false), isDirectory: &isFolder), isFolder.boolValue else {
        return isPicture(name) ? [name] : []
      }
      return try names(place).filter(isPicture).map { "\(name)/\($0)" }
    }
  }
}
