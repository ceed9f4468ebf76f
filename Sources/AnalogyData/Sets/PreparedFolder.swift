import Foundation
import LoRWeBPictures

/// The published training's prepared set: `control/ID.jpg` is a | a′ | b, `target/ID.jpg` is b′, `analogy_metadata.json` beside
/// the two folders says what the pair (a, a′) shows; without an entry there `target/ID.txt` does.
///
/// Pairs lie in folders of these names too, as ai-toolkit has them; so a set is taken for a prepared one only where its pictures
/// are such strips.
enum PreparedFolder {
  static let (control, target, metadata) = ("control", "target", "analogy_metadata.json")

  /// What the metadata say about a quadruple.
  private struct Entry {
    let instruction: String
    let category: String?
    let pairs: [String]
  }

  /// Whether the two folders are there and hold strips: metadata say so, or of up to 16 pictures spread over the set more are
  /// strips than are framed as b′ as a whole. Two folders that share no picture are nothing else either.
  static func isLayout(of folder: SetFolder) throws -> Bool {
    guard try PairsFolder.hasControlAndTarget(folder) else { return false }
    if folder.exists(metadata) { return true }
    var folder = folder  // what is wrong is reported by who reads
    let (strips, targets) = try (pictures(of: control, in: &folder), pictures(of: target, in: &folder))
    let ids = Set(strips.keys).intersection(targets.keys).sorted()
    let sample = stride(from: 0, to: ids.count, by: max(1, ids.count / 16)).map { ids[$0] }
    let drafts = sample.map { id in [strips[id], targets[id]].compactMap(\.self).map { folder.picture($0) } }
    let sizes = try PairMeasuring.measure(drafts, arePairs: false).map { $0.sources.map(\.size) }.filter { $0.count == 2 }
    return ids.isEmpty
      || sizes.count { isStrip($0[0], for: $0[1]) } > sizes.count { PairMeasuring.areFramedAlike($0[0], $0[1]) }
  }

  /// Whether a picture can be the a | a′ | b of a b′: a third of it is framed alike. The published preparation brings a, a′ and b
  /// to their smallest width and height, each by itself; so any three equal parts will do that are nearer to b′ than the whole is.
  private static func isStrip(_ size: PictureSize, for bPrime: PictureSize) -> Bool {
    let b = PictureSource.Slice.thirds[2].rectangle(in: size).size
    guard b.width > 0, !PairMeasuring.areFramedAlike(b, bPrime) else { return b.width > 0 }
    func distance(_ other: PictureSize) -> Double { abs(log(other.aspect / bPrime.aspect)) }
    return size.width.isMultiple(of: 3) && distance(b) < distance(size)
  }

  /// All usable quadruples by id; what isn't usable is reported in the folder.
  static func read(_ folder: inout SetFolder) throws -> [AnalogyQuadruple] {
    var entries = folder.exists(metadata) ? self.entries(in: &folder) : [:]
    let (strips, targets) = try (pictures(of: control, in: &folder), pictures(of: target, in: &folder))
    var drafts: [(id: String, entry: Entry, pictures: [PictureDraft])] = []
    for (id, strip) in strips.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      let entry = entries?.removeValue(forKey: id)
      guard let painted = targets[id] else {
        folder.report(strip, "\(target)/ has no picture of that name, the b′ of this a | a′ | b")
        continue
      }
      // Metadata that can't be read might say otherwise than the caption.
      guard entries != nil, let entry = entry ?? captioned(id, in: &folder) else { continue }
      let thirds = PictureSource.Slice.thirds.map { folder.picture(strip, $0) }
      drafts.append((id, entry, thirds + [folder.picture(painted)]))
    }
    for (id, path) in targets.sorted(by: { $0.key < $1.key }) where strips[id] == nil {
      entries?[id] = nil
      folder.report(path, "\(control)/ has no picture of that name, the a | a′ | b of this b′")
    }
    for id in (entries ?? [:]).keys.sorted() { folder.report(metadata, "the entry \(id) has no pictures") }
    return try zip(drafts, folder.measured(drafts.map(\.pictures), arePairs: false)).compactMap { draft, sources in
      guard let sources, sources.count == 4 else { return nil }
      let (b, bPrime) = (sources[2].size, sources[3].size)
      let width = sources[..<3].reduce(0) { $0 + $1.size.width }
      guard isStrip(PictureSize(width: width, height: b.height), for: bPrime) else {
        return folder.refuse(
          draft.pictures[0].path, "a third of it is \(b) and b′ \(bPrime), two different framings, so it is no a | a′ | b")
      }
      return AnalogyQuadruple(
        id: draft.id, task: draft.entry.category ?? "", pairs: draft.entry.pairs, a: sources[0], aPrime: sources[1],
        b: sources[2], bPrime: sources[3], instruction: draft.entry.instruction)
    }
  }

  /// Pictures of one of the two folders by their name without extension.
  private static func pictures(of place: String, in folder: inout SetFolder) throws -> [String: String] {
    var pictures: [String: String] = [:]
    for file in try folder.contents(of: place).files {
      let path = SetFolder.join(place, file)
      guard folder.isPicture(path) else { continue }
      let id = PictureLook.stem(file)
      if let other = pictures[id] {
        folder.report(path, "\(other) has the same name; keep one of the two")
      } else {
        pictures[id] = path
      }
    }
    return pictures
  }

  /// The caption file of a quadruple that the metadata don't name; nil, and reported, if there is none that can be read.
  private static func captioned(_ id: String, in folder: inout SetFolder) -> Entry? {
    let path = SetFolder.join(target, "\(id).txt")
    switch folder.text(path) {
    case .said(let words): return Entry(instruction: words, category: nil, pairs: [id])
    case .unreadable: return nil
    case .missing: return folder.refuse(path, "the caption is missing, and \(metadata) has no entry \(id) either")
    }
  }

  /// What the metadata say, by id; nil, and reported, if they can't be read.
  private static func entries(in folder: inout SetFolder) -> [String: Entry]? {
    guard let objects = folder.objects(metadata) else { return nil }
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
      let category = object["category"] as? String
      entries[id] = Entry(instruction: instruction, category: category, pairs: pairs.count == 2 ? pairs : [id])
    }
    return entries
  }
}
