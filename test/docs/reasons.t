# docs/REASONS.md has every reason of the code, and what test/docs/reasons.txt says about it.
use v5.36;
use Test::More;

sub slurp ($file) {
    open my $in, '<', $file or die "$file: $!\n";
    local $/;
    return <$in>;
}

my $wanted = qx(perl test/docs/reasons.pl);
is $?, 0, 'every reason has a cause and a fix';
my $page = slurp('docs/REASONS.md');
ok $page eq $wanted, 'docs/REASONS.md is up to date' or diag 'make it again: perl test/docs/reasons.pl > docs/REASONS.md';
my $table = qx(perl test/docs/reasons.pl --table);
ok $table eq slurp('src/report/page/reasons.inc'), 'and so is what the status page says' or diag 'make it again: perl test/docs/reasons.pl --table > src/report/page/reasons.inc';
my @headings = $page =~ /^### ([a-z_0-9]+)$/mg;
is scalar(() = $table =~ /^    \{/mg), scalar @headings, 'of each reason';
cmp_ok scalar @headings, '>=', 90, 'each has a heading, to which logs and pages can point';
done_testing;
