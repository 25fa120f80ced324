#include "authority/file_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "ngx/config.h"
#include "support/key_set.h"
#include "support/nginx.h"

namespace authority {
namespace {

using std::chrono::milliseconds;
using support::key_set;

class FileKeysTest : public testing::Test {
protected:
    FileKeysTest() {
        std::string pattern = testing::TempDir() + "file_keys_XXXXXX";
        folder_ = mkdtemp(pattern.data());
        name_ = folder_ + "/jwks.json";
    }
    ~FileKeysTest() override { std::filesystem::remove_all(folder_); }

    void write(std::string_view content) const { std::ofstream(name_, std::ios::trunc) << content; }
    FileKeys read() { return {name_, nginx_.log()}; }
    // The keys that are there now; time passes, so that the file is looked at.
    static std::string kid(FileKeys& keys) {
        support::Nginx::pass(milliseconds(1001));
        const auto set = keys.current();
        if (!set) return "error";
        return (*set)->keys().empty() ? "none" : std::string((*set)->keys().front().kid().value_or(""));
    }
    static bool log_says(std::string_view text) {
        return std::ranges::any_of(support::Nginx::lines(),
                                   [&](const std::string& line) { return line.contains(text); });
    }
    // Why nginx does not start; empty: it does.
    std::string problem() {
        try {
            read();
            return "";
        } catch (const ngx::ConfigError& error) {
            return error.what();
        }
    }

    support::Nginx nginx_;
    std::string folder_, name_;
};

TEST_F(FileKeysTest, NginxDoesNotStartWithoutAKey) {
    EXPECT_TRUE(problem().contains("cannot be read: No such file or directory")) << problem();
    for (const std::string_view content :
         {"", "{", "[]", R"({"keys":[]})", R"({"keys":[{"kty":"XYZ"}]})", R"({"keys":{}})", "\xFF"}) {
        write(content);
        EXPECT_TRUE(problem().contains("cannot be used: ")) << content << ": " << problem();
    }
}

TEST_F(FileKeysTest, AFolderAPipeOrMuchTooMuchIsRefused) {
    std::filesystem::create_directory(name_);
    EXPECT_NE(problem(), "");
    std::filesystem::remove(name_);
    write(std::string(oauth::jwt::JwkSet::max_document_bytes + 1, ' '));
    EXPECT_NE(problem(), "");
}

TEST_F(FileKeysTest, ANewFileIsReadAndSaid) {
    write(key_set("one"));
    auto keys = read();
    EXPECT_EQ(kid(keys), "one");
    write(key_set("another"));
    EXPECT_EQ(kid(keys), "another");
    EXPECT_TRUE(log_says("was read again"));
}

// Also one of the same size: what a tool puts in its place has another inode or another time.
TEST_F(FileKeysTest, OneThatTookThePlaceOfTheOldOneIsRead) {
    write(key_set("one"));
    auto keys = read();
    const std::string other = folder_ + "/new.json";
    std::ofstream(other) << key_set("two");
    std::filesystem::last_write_time(other, std::filesystem::last_write_time(name_));
    std::filesystem::rename(other, name_);
    EXPECT_EQ(kid(keys), "two");
}

TEST_F(FileKeysTest, ABadNewFileIsSaidOnceAndTheOldKeysStay) {
    write(key_set("one"));
    auto keys = read();
    for (const std::string_view content : {"{", R"({"keys":[{"kty":"XYZ"}]})", ""}) {
        support::Nginx::lines().clear();
        write(std::string(content) + "  ");
        EXPECT_EQ(kid(keys), "one") << content;
        EXPECT_TRUE(log_says("cannot be used, the old keys stay: ")) << content;
        support::Nginx::lines().clear();
        EXPECT_EQ(kid(keys), "one");
        EXPECT_TRUE(support::Nginx::lines().empty());
    }
}

TEST_F(FileKeysTest, AFileThatIsGoneIsSaidOnceAndTheOldKeysStay) {
    write(key_set("one"));
    auto keys = read();
    std::filesystem::remove(name_);
    EXPECT_EQ(kid(keys), "one");
    EXPECT_TRUE(log_says("cannot be read, the old keys stay: No such file or directory"));
    support::Nginx::lines().clear();
    EXPECT_EQ(kid(keys), "one");
    EXPECT_TRUE(support::Nginx::lines().empty());
    write(key_set("two"));
    EXPECT_EQ(kid(keys), "two");
}

TEST_F(FileKeysTest, AnEmptySetWithdrawsAllKeys) {
    write(key_set("one"));
    auto keys = read();
    write(R"({"keys":[]})");
    EXPECT_EQ(kid(keys), "none");
    EXPECT_TRUE(log_says("it has no keys any more, so every token is refused"));
}

TEST_F(FileKeysTest, ItIsLookedAtOnceASecond) {
    write(key_set("one"));
    auto keys = read();
    EXPECT_EQ(kid(keys), "one");
    write(key_set("another"));
    support::Nginx::pass(milliseconds(999));
    EXPECT_EQ((*keys.current())->keys().front().kid(), "one");
    support::Nginx::pass(milliseconds(1));
    EXPECT_EQ((*keys.current())->keys().front().kid(), "another");
}

TEST_F(FileKeysTest, NobodyWaitsForNewerOnes) {
    write(key_set("one"));
    const auto keys = read();
    EXPECT_EQ(keys.asked_at(), TurnRule::Time::max());
    EXPECT_FALSE(keys.is_failing());
}

}  // namespace
}  // namespace authority
