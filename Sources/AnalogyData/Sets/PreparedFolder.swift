import Foundation

/// The published training's prepared set: `control/ID.jpg` is a | a′ | b, `target/ID.jpg` is b′, `analogy_metadata.json` beside
/// the two folders says what the pair (a, a′) shows; without an entry there `target/ID.txt` does.
enum PreparedFolder {
  static let control = "control"
  static let target = "target"
  static let metadata = "analogy_metadata.json"

  /// What the metadata say about a quadruple.
  private struct Entry {
    let instruction: String
    let category: String?
    let pairs: [String]
  }

  private struct Draft {
    let id: String
    let pictures: [PictureDraft]
    let entry: Entry
  }

  static func isLayout(of folder: SetFolder) -> Bool { folder.isFolder(control) && folder.isFolder(target) }

  /// All usable quadruples by id; what isn't usable is reported in the folder.
  static func read(_ folder: inout SetFolder) throws -> [AnalogyQuadruple] {
    var entries = self.entries(in: &folder)
    let strips = try pictures(of: control, in: &folder)
    let targets = try pictures(of: target, in: &folder)
    var drafts: [Draft] = []
    for (id, strip) in strips.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      let entry = entries.removeValue(forKey: id)
      guard let painted = targets[id] else {
        folder.report(strip, "\(target)/ has no picture of that name, the b′ of this a | a′ | b")
        continue
      }
      guard let entry = entry ?? captioned(id, in: &folder) else { continue }
      let thirds = PictureSource.Slice.thirds.map { PictureDraft(path: strip, url: folder.url(strip), slice: $0) }
      drafts.append(
        Draft(id: id, pictures: thirds + [PictureDraft(path: painted, url: folder.url(painted), slice: .whole)], entry: entry))
    }
    for (id, path) in targets.sorted(by: { $0.key < $1.key }) where strips[id] == nil {
      entries[id] = nil
      folder.report(path, "\(control)/ has no picture of that name, the a | a′ | b of this b′")
    }
    for id in entries.keys.sorted() { folder.report(metadata, "the entry \(id) has no pictures") }
    return quadruples(drafts, in: &folder)
  }

  private static func quadruples(_ drafts: [Draft], in folder: inout SetFolder) -> [AnalogyQuadruple] {
    let measured = PairMeasuring.measure(drafts.map(\.pictures), arePairs: false)
    var quadruples: [AnalogyQuadruple] = []
    for (draft, found) in zip(drafts, measured) {
      for finding in found.findings { folder.report(finding.file, finding.problem) }
      guard found.findings.isEmpty, found.sources.count == 4 else { continue }
      quadruples.append(
        AnalogyQuadruple(
          id: draft.id, task: draft.entry.category ?? "", pairs: draft.entry.pairs, a: found.sources[0],
          aPrime: found.sources[1], b: found.sources[2], bPrime: found.sources[3], instruction: draft.entry.instruction))
    }
    return quadruples
  }

  /// Pictures of one of the two folders by their name without extension.
  private static func pictures(of place: String, in folder: inout SetFolder) throws -> [String: String] {
    var pictures: [String: String] = [:]
    for file in try folder.contents(of: place).files {
      let path = SetFolder.join(place, file)
      if SetFolder.isForeignPicture(file) {
        folder.report(path, "the format is not read; save the picture as PNG, JPEG or WebP")
      }
      guard SetFolder.isPicture(file) else { continue }
      if let other = pictures[SetFolder.stem(file)] {
        folder.report(path, "\(other) has the same name; keep one of the two")
      } else {
        pictures[SetFolder.stem(file)] = path
      }
    }
    return pictures
  }

  /// The caption file of a quadruple that the metadata don't name.
  private static func captioned(_ id: String, in folder: inout SetFolder) -> Entry? {
    let path = SetFolder.join(target, "\(id).txt")
    guard folder.exists(path) else {
      folder.report(path, "the caption is missing, and \(metadata) has no entry \(id) either")
      return nil
    }
    return folder.text(path).map { Entry(instruction: $0, category: nil, pairs: [id]) }
  }

  private static func entries(in folder: inout SetFolder) -> [String: Entry] {
    guard folder.exists(metadata), let objects = folder.objects(metadata) else { return [:] }
    var entries: [String: Entry] = [:]
    for (index, object) in objects.enumerated() {
      guard let id = object["analogy_id"] as? String, let instruction = object["edit_prompt"] as? String else {
        folder.report(metadata, "entry \(index + 1) must have analogy_id and edit_prompt, both text")
        continue
      }
      guard entries[id] == nil else {
        folder.report(metadata, "\(id) has two entries; drop one")
        continue
      }
      let pairs = ["pair_A", "pair_C"].compactMap { (object[$0] as? [String: Any])?["image_id"] as? String }
      entries[id] = Entry(
        instruction: instruction, category: object["category"] as? String, pairs: pairs.count == 2 ? pairs : [id])
    }
    return entries
  }
}
