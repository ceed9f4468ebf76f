/// Relation252k: `category/Group1/labels.json` lists pictures that hold before | after side by side, with what was done.
///
/// Only `Group1` counts, as in the published training; other groups hold the same pairs sorted otherwise.
enum RelationFolder {
  static let group = "Group1"
  static let labels = "labels.json"

  /// Whether the folder has at least one category with a list of its pictures.
  static func isLayout(of folder: SetFolder) throws -> Bool {
    try folder.contents().folders.contains { folder.exists(SetFolder.join($0, group, labels)) }
  }

  /// All categories with their usable pairs; what isn't usable is reported in the folder.
  static func read(_ folder: inout SetFolder) throws -> [AnalogyTask] {
    let categories = try folder.contents().folders
    let drafts = categories.flatMap { self.drafts(of: $0, in: &folder) ?? [] }
    return try folder.tasks(categories, of: drafts)
  }

  private static func drafts(of category: String, in folder: inout SetFolder) -> [PairDraft]? {
    let place = SetFolder.join(category, group)
    let list = SetFolder.join(place, labels)
    guard folder.isFolder(place) else {
      return folder.refuse(category, "the category has no folder \(group), the only one that is read")
    }
    guard folder.exists(list) else { return folder.refuse(place, "\(labels) is missing, which says what the pictures show") }
    var names: Set<String> = []
    return folder.objects(list)?.enumerated().compactMap { index, entry -> PairDraft? in
      guard let name = entry["img_name"] as? String, !name.isEmpty else {
        return folder.refuse(list, "entry \(index + 1) has no img_name")
      }
      guard !name.contains("/"), name != ".", name != ".." else {
        return folder.refuse(list, "entry \(index + 1) names \(name), but a picture must lie beside \(labels)")
      }
      guard names.insert(name).inserted else { return folder.refuse(list, "\(name) is listed twice; drop one of the entries") }
      let path = SetFolder.join(place, name)
      guard folder.exists(path) else { return folder.refuse(path, "the picture is listed in \(labels) but missing") }
      guard let instruction = entry["edit_instruction"] as? String else {
        return folder.refuse(list, "the entry of \(name) has no edit_instruction")
      }
      let pictures = PictureSource.Slice.halves.map { folder.picture(path, $0) }
      return PairDraft(task: category, name: name, pictures: pictures, instruction: instruction)
    }
  }
}
