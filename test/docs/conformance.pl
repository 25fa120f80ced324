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

binmode STDOUT, ':encoding(UTF-8)';
print <<'HEAD';
# Conformance

What the specifications ask of a resource server for MCP, and the tests that show it. This page is made of the tests
themselves (`perl test/docs/conformance.pl`), and `./dev test docs` fails when it is not what they say. Tests say a
number as `SPEC 14`, in their name or beside it; behind a file stands how often it does. The MCP conformance suite is
run as well, at MCP servers of both revisions: behind nginx every check ends as it does without, but that foreign origins
are refused (`./dev test conformance`).

| Number | Requirement | Where it stands | Shown by |
|---|---|---|---|
HEAD
for (lines_of('test/docs/requirements.txt')) {
    next if /^#/;
    chomp;
    my ($number, $requirement, $source, $note) = split /; */;
    my $files = delete $proofs{$number} // {};
    my $shown = join ', ', map { my ($name) = m{([^/]+)\z}; "[$name](../../$_) $files->{$_}" } sort keys %$files;
    die "$number: neither a test nor a reason\n" if $shown eq '' && !length($note // '');
    $shown ||= "no test: $note";
    say "| $number | $requirement | $source | $shown |";
}
my @unknown = sort { $a <=> $b } keys %proofs;
die "tests name requirements that test/docs/requirements.txt does not have: @unknown\n" if @unknown;
