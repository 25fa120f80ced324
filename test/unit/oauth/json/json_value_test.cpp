#include "oauth/json/json.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/json_documents.h"

namespace oauth::json {
namespace {

using namespace std::string_view_literals;
using support::object_of;
using support::parsed;
using support::repeated;

// --- Values ---

TEST(JsonValue, HasOneKindAndOnlyTheAccessorsOfThatKindAnswer) {
    const auto document = parsed(R"({"n":null,"b":true,"i":7,"r":1.5,"s":"t","a":[1],"o":{"x":1}})");
    const std::vector<std::pair<std::string_view, Kind>> kinds = {
        {"n", Kind::null},   {"b", Kind::boolean}, {"i", Kind::integer}, {"r", Kind::real},
        {"s", Kind::string}, {"a", Kind::array},   {"o", Kind::object}};
    for (const auto& [name, kind] : kinds) {
        const auto value = document.root().member(name);
        ASSERT_TRUE(value) << name;
        EXPECT_EQ(value->kind(), kind) << name;
        EXPECT_EQ(value->boolean().has_value(), kind == Kind::boolean) << name;
        EXPECT_EQ(value->integer().has_value(), kind == Kind::integer) << name;
        EXPECT_EQ(value->number().has_value(), kind == Kind::integer || kind == Kind::real) << name;
        EXPECT_EQ(value->string().has_value(), kind == Kind::string) << name;
        EXPECT_EQ(value->element(0).has_value(), kind == Kind::array) << name;
        EXPECT_EQ(value->member("x").has_value(), kind == Kind::object) << name;
        EXPECT_EQ(value->size(), kind == Kind::array || kind == Kind::object ? 1U : 0U) << name;
    }
}

TEST(JsonValue, FindsMembersByTheirExactName) {
    const auto document = parsed(R"({"a":1,"ab":2,"":3})");
    EXPECT_EQ(document.root().member("a")->integer(), 1);
    EXPECT_EQ(document.root().member("ab")->integer(), 2);
    EXPECT_EQ(document.root().member("")->integer(), 3);
    EXPECT_FALSE(document.root().member("A"));
    EXPECT_FALSE(document.root().member("abc"));
}

TEST(JsonValue, AMemberThatIsNullIsNotPresent) {
    const auto document = parsed(R"({"n":null,"f":false,"z":0,"e":""})");
    EXPECT_TRUE(document.root().member("n"));
    EXPECT_FALSE(document.root().present("n"));
    EXPECT_FALSE(document.root().present("x"));
    for (const auto name : {"f", "z", "e"})
        EXPECT_TRUE(document.root().present(name)) << name;
    EXPECT_FALSE(parsed("[1]").root().present("0"));
}

TEST(JsonValue, FindsMembersBehindNestedOnes) {
    const auto document = parsed(R"({"x":{"a":1,"y":[{"a":2}]},"a":3})");
    EXPECT_EQ(document.root().member("a")->integer(), 3);
}

TEST(JsonValue, FindsElementsByTheirIndex) {
    const auto document = parsed(R"([10,[20],"30"])");
    EXPECT_EQ(document.root().element(0)->integer(), 10);
    EXPECT_EQ(document.root().element(2)->string(), "30");
    EXPECT_FALSE(document.root().element(3));
    EXPECT_FALSE(document.root().element(std::string::npos));
}

TEST(JsonValue, VisitsMembersInOrderUntilToldToStop) {
    const auto document = parsed(R"({"b":1,"a":2,"c":3})");
    std::string seen;
    document.root().each_member([&](std::string_view name, Value value) {
        seen += std::string(name) + std::to_string(*value.integer());
        return name != "a";
    });
    EXPECT_EQ(seen, "b1a2");
}

TEST(JsonValue, VisitsElementsInOrderUntilToldToStop) {
    const auto document = parsed("[3,1,2]");
    std::vector<std::int64_t> seen;
    document.root().each_element([&](Value value) {
        seen.push_back(*value.integer());
        return seen.size() < 2;
    });
    EXPECT_EQ(seen, (std::vector<std::int64_t>{3, 1}));
}

TEST(JsonValue, VisitsNothingInAValueOfAnotherKind) {
    for (const auto text : {"1"sv, "null"sv, "\"a\""sv, "{}"sv, "[]"sv}) {
        const auto document = parsed(text);
        document.root().each_member([](std::string_view, Value) { return ADD_FAILURE(), true; });
        document.root().each_element([](Value) { return ADD_FAILURE(), true; });
    }
    parsed("[1]").root().each_member([](std::string_view, Value) { return ADD_FAILURE(), true; });
    parsed(R"({"a":1})").root().each_element([](Value) { return ADD_FAILURE(), true; });
}

TEST(JsonValue, AnExceptionOfAVisitorReachesItsCaller) {
    const auto document = parsed("[1]");
    EXPECT_THROW(document.root().each_element([](Value) -> bool { throw 1; }), int);
}

TEST(JsonValue, AStringIsFoundInAnArrayOfStringsOnly) {
    EXPECT_TRUE(parsed(R"(["a","b"])").root().string_array_contains("b"));
    for (const auto text :
         {R"(["a"])"sv, R"(["b",1])"sv, R"([null,"b"])"sv, R"([["b"]])"sv, "[]"sv, R"("b")"sv, R"({"b":"b"})"sv})
        EXPECT_FALSE(parsed(text).root().string_array_contains("b")) << text;
}

TEST(JsonValue, AnArrayOfStringsHasNothingElse) {
    for (const auto text : {"[]"sv, R"(["a"])"sv, R"(["a",""])"sv})
        EXPECT_TRUE(parsed(text).root().is_array_of_strings()) << text;
    for (const auto text : {R"(["a",1])"sv, R"([null,"a"])"sv, R"([["a"]])"sv, R"("a")"sv, R"({"a":"b"})"sv, "null"sv})
        EXPECT_FALSE(parsed(text).root().is_array_of_strings()) << text;
}

// --- Documents ---

TEST(JsonDocument, OwnsItsText) {
    std::string text = R"({"name":"value"})";
    const auto document = parsed(text);
    text.assign(text.size(), '#');
    for (int i = 0; i < 3; ++i)
        parsed(R"({"other":"something else, and longer"})");
    EXPECT_EQ(document.root().member("name")->string(), "value");
}

TEST(JsonDocument, KeepsItsValuesValidWhenMoved) {
    auto document = parsed(R"({"name":"value"})");
    const Value name = *document.root().member("name");
    const Document moved(std::move(document));
    EXPECT_EQ(name.string(), "value");
    auto assigned = parsed("1");
    assigned = parsed(R"(["x"])");
    EXPECT_EQ(assigned.root().element(0)->string(), "x");
}

TEST(JsonDocument, IsParsedAgainAfterARefusal) {
    EXPECT_EQ(Document::parse(R"({"a":)").error(), Error::document_not_json);
    EXPECT_EQ(Document::parse(R"({"a":1,"a":2})").error(), Error::document_duplicate_member);
    EXPECT_EQ(parsed(R"({"a":"b"})").root().member("a")->string(), "b");
}

TEST(JsonDocument, MayBeReadInAnotherThread) {
    const auto document = parsed(R"({"a":"b"})");
    std::string read;
    std::thread([&] { read = parsed(document.root().to_json()).root().to_json(); }).join();
    EXPECT_EQ(read, R"({"a":"b"})");
}

TEST(JsonDocument, AccountsForWhatItHolds) {
    const auto small = parsed("{}");
    const auto large = parsed("\"" + std::string(10000, 'x') + "\"");
    EXPECT_LT(small.memory_bytes(), 200U);
    EXPECT_GE(large.memory_bytes(), 10000U);
    EXPECT_LT(large.memory_bytes(), 10300U);
    EXPECT_GE(parsed("[" + repeated("1,", 999) + "1]").memory_bytes(), 1000 * 2 * sizeof(std::uint64_t));
}

// --- Equality ---

bool same(std::string_view a, std::string_view b) {
    const auto first = parsed(a);
    const auto second = parsed(b);
    const bool equal = first.root() == second.root();
    EXPECT_EQ(second.root() == first.root(), equal);
    return equal;
}

TEST(JsonEquality, MemberOrderDoesNotCountAndElementOrderDoes) {
    EXPECT_TRUE(same(R"({"a":1,"b":[1,{"x":1,"y":2}]})", R"({"b":[1,{"y":2,"x":1}],"a":1})"));
    EXPECT_FALSE(same("[1,2]", "[2,1]"));
}

TEST(JsonEquality, AnIntegerNeverEqualsAReal) {
    EXPECT_FALSE(same("1", "1.0"));
    EXPECT_FALSE(same("18446744073709551615", "1.8446744073709552e19"));
    EXPECT_TRUE(same("1.0", "1e0"));
    EXPECT_TRUE(same("18446744073709551615", "18446744073709551615"));
    EXPECT_FALSE(same("18446744073709551615", "18446744073709551614"));
}

TEST(JsonEquality, EveryDifferenceCounts) {
    const std::vector<std::string_view> all_different = {"null",
                                                         "true",
                                                         "false",
                                                         "0",
                                                         "1",
                                                         "2",
                                                         "0.5",
                                                         R"("")",
                                                         R"("a")",
                                                         R"("b")",
                                                         R"("a\u0000")",
                                                         "[]",
                                                         "[1]",
                                                         "[1,1]",
                                                         "[[1]]",
                                                         "{}",
                                                         R"({"a":1})",
                                                         R"({"a":2})",
                                                         R"({"b":1})",
                                                         R"({"a":1,"b":1})",
                                                         R"({"a":{"a":1}})",
                                                         R"({"a":null})"};
    for (std::size_t i = 0; i < all_different.size(); ++i)
        for (std::size_t j = 0; j < all_different.size(); ++j)
            EXPECT_EQ(same(all_different[i], all_different[j]), i == j) << all_different[i] << all_different[j];
}

TEST(JsonEquality, LargeObjectsAreCompared) {
    const Limits limits{.max_bytes = 4000000};
    const auto document = parsed(object_of(50000, 50000), limits);
    EXPECT_EQ(document.root(), parsed(document.root().to_json(), limits).root());
}

}  // namespace
}  // namespace oauth::json
