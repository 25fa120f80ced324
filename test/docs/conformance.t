# docs/CONFORMANCE.md says what the tests say.
use v5.36;
use Test::More;

my $wanted = qx(perl test/docs/conformance.pl);
is $?, 0, 'every requirement has a test or a reason';
open my $in, '<', 'docs/CONFORMANCE.md' or die "docs/CONFORMANCE.md: $!\n";
my $there = do { local $/; <$in> };
ok $there eq $wanted, 'docs/CONFORMANCE.md is up to date'
  or diag 'make it again: perl test/docs/conformance.pl > docs/CONFORMANCE.md';
done_testing;
