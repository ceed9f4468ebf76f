import LoRWeBTorch

/// What a model's linears are called in files of ordinary LoRAs: by diffusers' paths, or by those of FLUX's first release, where
/// q, k and v, and a single block's MLP with them, are rows of one matrix.
struct LoRANames {
  /// A matrix that files change: the linears whose rows it holds, from the first to the last.
  struct Target {
    /// In the first release's names; diffusers' where there is none.
    let name: String
    let parts: [AdaptedLinear]
    /// The halves of its rows stand the other way round than the linear's: shift before scale.
    var swapsHalves = false

    var inputs: Int { parts[0].inputs }
    var rows: [Int] { parts.map(\.outputs) }
  }

  /// Every linear once, joined as in the first release, sorted by name.
  let joined: [Target]
  private let targets: [String: Target]

  /// - Parameter linears: all of the model's, so that the rows of joined matrices are known.
  init(_ linears: [AdaptedLinear]) {
    var found: [String: [AdaptedLinear?]] = [:]
    var alone: [Target] = []
    for linear in linears {
      let (pattern, block) = Self.pattern(of: linear.path)
      guard let (name, place, count) = Self.places[pattern] else {
        alone.append(Target(name: linear.path, parts: [linear]))
        continue
      }
      let concrete = name.replacing("*", with: block, maxReplacements: 1)
      found[concrete, default: Array(repeating: nil, count: count)][place] = linear
    }
    let joined = found.compactMap { name, parts -> Target? in
      let present = parts.compactMap(\.self)
      // A part that isn't there leaves the rows of the others unknown.
      guard present.count == parts.count, present.allSatisfy({ $0.inputs == present[0].inputs }) else { return nil }
      return Target(name: name, parts: present, swapsHalves: name == Self.outNorm)
    }
    self.joined = (joined + alone).sorted { $0.name < $1.name }
    var (targets, ambiguous): ([String: Target], Set<String>) = ([:], [])
    for target in joined + linears.map({ Target(name: $0.path, parts: [$0]) }) {
      let key = Self.key(target.name)
      if targets.updateValue(target, forKey: key) != nil { ambiguous.insert(key) }
    }
    self.targets = targets.filter { !ambiguous.contains($0.key) }
  }

  /// What a file means by a name, with dots or with underscores for them; nil for one that is no linear's of the model, or two's.
  subscript(name: String) -> Target? { targets[Self.key(name)] }

  private static func key(_ name: String) -> String { name.replacing(".", with: "_") }

  /// A linear's path with a star for its block's number, and the number.
  private static func pattern(of path: String) -> (pattern: String, block: String) {
    var parts = path.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 2, parts[0].hasSuffix("transformer_blocks") else { return (path, "") }
    let block = String(parts[1])
    parts[1] = "*"
    return (parts.joined(separator: "."), block)
  }

  /// Rows with their halves in the other order.
  static func swapped(_ matrix: Tensor) -> Tensor { concatenated(matrix.chunked(2, along: 0).reversed(), along: 0) }

  private static let outNorm = "final_layer.adaLN_modulation.1"

  /// The first release's name of each matrix, and diffusers' paths of its rows.
  private static let table: [(name: String, paths: [String])] = [
    ("img_in", ["x_embedder"]), ("txt_in", ["context_embedder"]),
    ("time_in.in_layer", ["time_text_embed.timestep_embedder.linear_1"]),
    ("time_in.out_layer", ["time_text_embed.timestep_embedder.linear_2"]),
    ("vector_in.in_layer", ["time_text_embed.text_embedder.linear_1"]),
    ("vector_in.out_layer", ["time_text_embed.text_embedder.linear_2"]),
    ("guidance_in.in_layer", ["time_text_embed.guidance_embedder.linear_1"]),
    ("guidance_in.out_layer", ["time_text_embed.guidance_embedder.linear_2"]),
    ("final_layer.linear", ["proj_out"]), (outNorm, ["norm_out.linear"]),
    ("double_blocks.*.img_mod.lin", ["transformer_blocks.*.norm1.linear"]),
    ("double_blocks.*.txt_mod.lin", ["transformer_blocks.*.norm1_context.linear"]),
    ("double_blocks.*.img_attn.qkv", ["to_q", "to_k", "to_v"].map { "transformer_blocks.*.attn.\($0)" }),
    ("double_blocks.*.txt_attn.qkv", ["add_q_proj", "add_k_proj", "add_v_proj"].map { "transformer_blocks.*.attn.\($0)" }),
    ("double_blocks.*.img_attn.proj", ["transformer_blocks.*.attn.to_out.0"]),
    ("double_blocks.*.txt_attn.proj", ["transformer_blocks.*.attn.to_add_out"]),
    ("double_blocks.*.img_mlp.0", ["transformer_blocks.*.ff.net.0.proj"]),
    ("double_blocks.*.img_mlp.2", ["transformer_blocks.*.ff.net.2"]),
    ("double_blocks.*.txt_mlp.0", ["transformer_blocks.*.ff_context.net.0.proj"]),
    ("double_blocks.*.txt_mlp.2", ["transformer_blocks.*.ff_context.net.2"]),
    ("single_blocks.*.modulation.lin", ["single_transformer_blocks.*.norm.linear"]),
    (
      "single_blocks.*.linear1",
      ["attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp"].map { "single_transformer_blocks.*.\($0)" }
    ),
    ("single_blocks.*.linear2", ["single_transformer_blocks.*.proj_out"]),
  ]

  /// By diffusers' path: the matrix, the place of its rows in it, and of how many parts it is.
  private static let places: [String: (name: String, place: Int, count: Int)] = table.reduce(into: [:]) { places, row in
    for (place, path) in row.paths.enumerated() { places[path] = (row.name, place, row.paths.count) }
  }
}
