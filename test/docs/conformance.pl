#!/usr/bin/env perl
# Prints docs/dev/CONFORMANCE.md: every requirement with the tests whose names, or comments, say its number ("SPEC 14").
#
#   perl test/docs/conformance.pl > docs/dev/CONFORMANCE.md
use v5.36;
use FindBin '$Bin';
chdir "$Bin/../..";

sub lines_of ($file) {
    open my $in, '<:encoding(UTF-8)', $file or die "$file: $!\n";
    return <$in>;
}

# number => { file => how often it is named there }
my %proofs;
for my $file (split /\n/, qx(git ls-files --cached --others --exclude-standard test)) {
    next if $file !~ m{\Atest/(?:unit|prove|conf|e2e|smoke|browser)/.*\.(?:cpp|t|mjs)\z} || !-e $file;
    for my $line (lines_of($file)) {
        while ($line =~ /SPEC (\d+(?:(?:, | and |-)\d+)*)/g) {
            for my $part (split /, | and /, $1) {
                my ($first, $last) = split /-/, $part;
                $proofs{$_}{$file}++ for $first .. ($last // $first);
            }
        }
    }
}

# "RFC 9728" of "RFC 9728 2"; the first where there are several.
sub specification_of ($source) {
    my ($name) = $source =~ /^(?:MCP )?(Streamable HTTP|RFC \d+|OAuth 2\.1|authorization|security|.*)/;
    return $name =~ /^[a-z\d]/ ? "MCP $name" : $name;
}

my ($table, %tested, %untested) = '';
for (lines_of('test/docs/requirements.txt')) {
    next if /^#/;
    chomp;
    my ($number, $requirement, $source, $note) = split /; */, $_, 4;
    my $files = delete $proofs{$number} // {};
    my $shown = join ', ', map { my ($name) = m{([^/]+)\z}; "[$name](../../$_) $files->{$_}" } sort keys %$files;
    die "$number: neither a test nor a reason\n" if $shown eq '' && !length($note // '');
    $shown eq '' ? $untested{specification_of($source)}++ : $tested{specification_of($source)}++;
    $shown ||= "no test: $note";
    $table .= "| $number | $requirement | $source | $shown |\n";
}
my @unknown = sort { $a <=> $b } keys %proofs;
die "tests name requirements that test/docs/requirements.txt does not have: @unknown\n" if @unknown;

binmode STDOUT, ':encoding(UTF-8)';
print <<'HEAD';
# Conformance

This page is for contributors and security reviewers. It lists the requirements of the specifications for an MCP resource server, and the
tests that prove each requirement.

The page is generated from the tests (`perl test/docs/conformance.pl`), and `./dev test docs` fails if it is out of date. Tests refer to a
requirement as `SPEC 14`, in their name or in a comment. The number after a file is the number of such references.

The MCP conformance suite also runs, against MCP servers of both revisions (`./dev test conformance`). Every check gives the same result with
and without nginx, except that nginx refuses foreign origins.

## Summary

Every requirement has a test, or a reason why it has none. "Without a test" counts the requirements with a reason: for most of them, the operator or the
MCP server is responsible.

| Specification | Tested | Without a test |
|---|--:|--:|
HEAD
my %all = (%tested, %untested);
print map { "| $_ | " . ($tested{$_} // 0) . ' | ' . ($untested{$_} // 0) . " |\n" } sort keys %all;
print "\n## Requirements\n\n| Number | Requirement | Specification | Tests |\n|---|---|---|---|\n$table";
