import Foundation

/// Relation252k: `category/Group1/labels.json` lists pictures that hold before | after side by side, with what was done.
///
/// Only `Group1` counts, as in the published training; other groups hold the same pairs sorted otherwise.
enum RelationFolder {
  static let group = "Group1"
  static let labels = "labels.json"

  /// Whether the folder has at least one category with a list of its pictures.
  static func isLayout(of folder: SetFolder) throws -> Bool {
    try folder.contents().folders.contains { folder.exists(SetFolder.join(SetFolder.join($0, group), labels)) }
  }

  /// All categories with their usable pairs; what isn't usable is reported in the folder.
  static func read(_ folder: inout SetFolder) throws -> [AnalogyTask] {
    var drafts: [PairDraft] = []
    let categories = try folder.contents().folders
    for category in categories { drafts += self.drafts(of: category, in: &folder) }
    return folder.tasks(categories, of: drafts)
  }

  private static func drafts(of category: String, in folder: inout SetFolder) -> [PairDraft] {
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
    var drafts: [PairDraft] = []
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
        PairDraft(
          task: category, name: name, pictures: PictureSource.Slice.halves.map { folder.picture(path, $0) },
          instruction: instruction))
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
