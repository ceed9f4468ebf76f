import Foundation

/// Relation252k: `category/Group1/labels.json` lists pictures that hold before | after side by side, with what was done.
///
/// Only `Group1` counts, as in the published training; other groups hold the same pairs sorted otherwise.
enum RelationFolder {
  static let group = "Group1"
  static let labels = "labels.json"

  /// A pair whose pictures haven't been opened.
  private struct Draft {
    let id: String
    let category: String
    let picture: PictureDraft
    let instruction: String
  }

  /// Whether the folder has at least one category with a list of its pictures.
  static func isLayout(of folder: SetFolder) throws -> Bool {
    try folder.contents().folders.contains { folder.exists(SetFolder.join(SetFolder.join($0, group), labels)) }
  }

  /// All categories with their usable pairs; what isn't usable is reported in the folder.
  static func read(_ folder: inout SetFolder) throws -> [AnalogyTask] {
    var drafts: [Draft] = []
    let categories = try folder.contents().folders
    for category in categories { drafts += try self.drafts(of: category, in: &folder) }
    let measured = PairMeasuring.measure(
      drafts.map { draft in
        PictureSource.Slice.halves.map { PictureDraft(path: draft.picture.path, url: draft.picture.url, slice: $0) }
      }, arePairs: true)
    var pairs: [String: [AnalogyPair]] = [:]
    for (draft, found) in zip(drafts, measured) {
      for finding in found.findings { folder.report(finding.file, finding.problem) }
      guard found.findings.isEmpty, found.sources.count == 2 else { continue }
      pairs[draft.category, default: []].append(
        AnalogyPair(id: draft.id, before: found.sources[0], after: found.sources[1], instruction: draft.instruction))
    }
    return categories.map { AnalogyTask(name: $0, pairs: pairs[$0] ?? []) }
  }

  private static func drafts(of category: String, in folder: inout SetFolder) throws -> [Draft] {
    let place = SetFolder.join(category, group)
    let list = SetFolder.join(place, labels)
    guard folder.isFolder(place) else {
      folder.report(category, "the category has no folder \(group), the only one that is read")
      return []
    }
    guard folder.exists(list) else {
      folder.report(place, "\(labels) is missing, which says what the pictures show")
      return []
    }
    guard let entries = folder.objects(list) else { return [] }
    var drafts: [Draft] = []
    var names: Set<String> = []
    for (index, entry) in entries.enumerated() {
      guard let name = name(of: entry, number: index + 1, list: list, in: &folder) else { continue }
      guard names.insert(name).inserted else {
        folder.report(list, "\(name) is listed twice; drop one of the entries")
        continue
      }
      let path = SetFolder.join(place, name)
      guard folder.exists(path) else {
        folder.report(path, "the picture is listed in \(labels) but missing")
        continue
      }
      guard let instruction = entry["edit_instruction"] as? String else {
        folder.report(list, "the entry of \(name) has no edit_instruction")
        continue
      }
      drafts.append(
        Draft(
          id: SetFolder.join(category, name), category: category,
          picture: PictureDraft(path: path, url: folder.url(path), slice: .whole), instruction: instruction))
    }
    return drafts
  }

  /// The picture an entry names, if it lies in the group's folder.
  private static func name(of entry: [String: Any], number: Int, list: String, in folder: inout SetFolder) -> String? {
    guard let name = entry["img_name"] as? String, !name.isEmpty else {
      folder.report(list, "entry \(number) has no img_name")
      return nil
    }
    guard !name.contains("/"), name != ".", name != ".." else {
      folder.report(list, "entry \(number) names \(name), but a picture must lie beside \(labels)")
      return nil
    }
    return name
  }
}
