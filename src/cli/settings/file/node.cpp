#include "cli/settings/file/node.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include "base/text.h"
#include "cli/terminal.h"

namespace cli::file {
namespace {

constexpr std::size_t max_depth = 16;
constexpr std::size_t max_nodes = 20'000;

// Ends the reading: what follows could not be understood.
struct Unreadable {
    Position at;
    std::string what;
};

Position position_of(const YAML::Mark& mark) {
    if (mark.is_null()) return {};
    return {.line = static_cast<std::size_t>(mark.line) + 1, .column = static_cast<std::size_t>(mark.column) + 1};
}

Node node_at(const YAML::Mark& mark, Node::Type type) {
    Node node;
    node.type = type;
    node.at = position_of(mark);
    return node;
}

// Builds the tree from what yaml-cpp comes across.
class Builder : public YAML::EventHandler {
public:
    explicit Builder(Mistakes& mistakes) : mistakes_(mistakes) {}

    Node take() { return std::move(root_); }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (std::exchange(started_, true))
            throw Unreadable{position_of(mark), "a second document begins here; a settings file is one document"};
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override { add(node_at(mark, Node::Type::nothing)); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
        mistakes_.add(position_of(mark), "", "an alias (\"*\") stands here; write the value itself");
        add(node_at(mark, Node::Type::nothing));
    }
    void OnAnchor(const YAML::Mark& mark, const std::string& /*name*/) override {
        mistakes_.add(position_of(mark), "",
                      "an anchor (\"&\") stands here; leave it out, and put what resources share into \"defaults\"");
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                  const std::string& value) override {
        check_tag(mark, tag);
        Node node = node_at(mark, Node::Type::text);
        node.quoted = tag == "!";
        node.text = value;
        add(std::move(node));
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                         YAML::EmitterStyle::value /*style*/) override {
        check_tag(mark, tag);
        open(node_at(mark, Node::Type::sequence));
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t /*anchor*/,
                    YAML::EmitterStyle::value /*style*/) override {
        check_tag(mark, tag);
        open(node_at(mark, Node::Type::mapping));
    }
    void OnMapEnd() override { close(); }

private:
    struct Level {
        Node node;
        std::optional<Node> key;                            // of a mapping, until its value comes
        std::map<std::string, Position, std::less<>> keys;  // that were there
    };

    // "?" and "!" are how yaml-cpp calls plain and quoted ones.
    void check_tag(const YAML::Mark& mark, const std::string& tag) {
        if (!tag.empty() && tag != "?" && tag != "!")
            mistakes_.add(position_of(mark), "",
                          "a tag (\"!\") stands here; leave it out, or put the text into quotes");
    }

    void open(Node node) {
        if (levels_.size() >= max_depth)
            throw Unreadable{node.at, "more than " + std::to_string(max_depth) + " levels; no setting is that deep"};
        count(node);
        levels_.push_back({std::move(node), std::nullopt, {}});
    }

    void close() {
        Node node = std::move(levels_.back().node);
        levels_.pop_back();
        put(std::move(node));
    }

    void add(Node node) {
        count(node);
        put(std::move(node));
    }

    void count(const Node& node) {
        if (++nodes_ > max_nodes)
            throw Unreadable{node.at, "more than " + std::to_string(max_nodes) + " values; a settings file has fewer"};
    }

    void put(Node node) {
        if (levels_.empty()) {
            root_ = std::move(node);
            return;
        }
        Level& level = levels_.back();
        if (level.node.type == Node::Type::sequence) {
            level.node.elements.push_back(std::move(node));
        } else if (!level.key) {
            level.key = std::move(node);
        } else {
            put_entry(level, *std::exchange(level.key, std::nullopt), std::move(node));
        }
    }

    void put_entry(Level& level, Node key, Node value) {
        if (key.type != Node::Type::text)
            return mistakes_.add(key.at, "", "a key must be a text; put it into quotes if it is one");
        if (key.text == "<<" && !key.quoted)
            return mistakes_.add(key.at, "",
                                 "a merge key (\"<<\") stands here; put what resources share into \"defaults\"");
        const auto [known, is_new] = level.keys.emplace(key.text, key.at);
        if (!is_new)
            return mistakes_.add(
                key.at, below("", key.text),
                "appears twice, here and in line " + std::to_string(known->second.line) + "; keep one of them");
        level.node.entries.push_back({std::move(key), std::move(value)});
    }

    Mistakes& mistakes_;
    Node root_;
    std::vector<Level> levels_;
    std::size_t nodes_ = 0;
    bool started_ = false;
};

// What an editor or a terminal does not show, or shows as something else. The first line that has it.
std::optional<Unreadable> odd_line(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); number++) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!base::is_utf8(line)) return Unreadable{{number, 1}, "this line is not UTF-8; save the file as UTF-8"};
        std::string without_tabs(line);
        std::ranges::replace(without_tabs, '\t', ' ');
        if (base::has_control_characters(without_tabs))
            return Unreadable{{number, 1}, "this line has a control character; remove it, or write it as an escape"};
        const std::string_view indentation = line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
        if (const std::size_t tab = indentation.find('\t'); tab != std::string_view::npos && indentation != line)
            return Unreadable{{number, tab + 1}, "the indentation has a tab; YAML allows only spaces there"};
    }
    return std::nullopt;
}

// Encodings that YAML allows and nobody writes by hand are told by how they begin.
std::optional<std::string_view> other_encoding(std::string_view text) {
    constexpr std::string_view nul("\0", 1);
    const bool begins_with_nul = text.starts_with(nul) || (text.size() > 1 && text[1] == '\0');
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") || begins_with_nul)
        return "is in UTF-16 or UTF-32; save it as UTF-8";
    if (text.contains('\0')) return "is binary; a settings file is YAML";
    return std::nullopt;
}

// yaml-cpp's own words, which name no line.
std::string text_of(const YAML::Exception& error) {
    if (error.msg == YAML::ErrorMsg::MAP_VALUE)
        return "a \": \" is where none can be; put a text that contains it into quotes, and check the indentation";
    if (error.msg == YAML::ErrorMsg::EOF_IN_SCALAR) return "the file ends inside a quoted text; close the quotes";
    const std::string what = "not valid YAML: " + printable(error.msg);
    if (error.msg.contains("alias") || error.msg.contains("referenced anchor"))
        return what + "; a pattern that begins with \"*\" needs quotes";
    return what + "; check the indentation, and put a text with a character like ? or @ into quotes";
}

std::optional<Node> parse_checked(std::string_view text, Mistakes& mistakes) {
    try {
        // Without a line at the end, yaml-cpp takes quotes that a line break follows, and nothing else, for closed.
        std::istringstream stream{std::string(text) + "\n#"};
        YAML::Parser parser(stream);
        Builder builder(mistakes);
        while (parser.HandleNextDocument(builder)) {
        }
        return builder.take();
    } catch (const YAML::Exception& error) {
        mistakes.add(position_of(error.mark), "", text_of(error));
    } catch (const Unreadable& trouble) {
        mistakes.add(trouble.at, "", trouble.what);
    }
    return std::nullopt;
}

}  // namespace

const Entry* Node::find(std::string_view key) const noexcept {
    const auto found = std::ranges::find_if(entries, [&](const Entry& entry) { return entry.key.text == key; });
    return found == entries.end() ? nullptr : &*found;
}

std::optional<Node> parse(std::string_view text, Mistakes& mistakes) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (const auto encoding = other_encoding(text)) {
        mistakes.add({}, "", *encoding);
        return std::nullopt;
    }
    if (const auto trouble = odd_line(text)) {
        mistakes.add(trouble->at, "", trouble->what);
        return std::nullopt;
    }
    return parse_checked(text, mistakes);
}

}  // namespace cli::file
