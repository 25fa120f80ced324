# scripts/dev/style.pl finds unwanted words in what people read, and only there.
use v5.36;
use Test::More;
use File::Temp qw(tempfile);

# What it finds in a file of that name: "line: words".
sub found_in ($name, $text) {
    my ($out, $file) = tempfile(UNLINK => 1);
    print {$out} $text;
    close $out;
    open my $checker, '-|', "scripts/dev/style.pl --as $name $file" or die "style.pl: $!\n";
    return [map { /^\S+:(\d+): "(.*?)":/ ? "$1: $2" : () } <$checker>];
}

is_deeply found_in('a.md', "Fine.\n\nIt is told at\nonce.\n"), ['3: is told', '4: at once'], 'words are found, also over the end of a line';
is_deeply found_in('a.md', "`is told` and [x](is-told.md#anew) <!-- anew -->\n"), [], 'code, addresses of links and HTML comments are left out';
is_deeply found_in('a.md', "```nginx\nmap anew;  # judged anew\n```\n"), ['2: judged', '2: anew'], 'of a configuration only comments count';
is_deeply found_in('a.md', "```text output\nit is told # anew\n```\n"), [], 'an output is what it is';
is_deeply found_in('a.md', "```json output\n{\n```\n\nanew\n"), ['5: anew'], 'lines are counted over it';
is_deeply found_in('a.conf', "anew on; # fine\n# Judged\n# anew\n"), ['2: Judged', '3: anew'], 'the same holds for files';
is_deeply found_in('a.1', "anew\n"), ['1: anew'], 'of other files everything counts';
is_deeply found_in('a.md', "There is no token. Who may call? A page is no token. Who calls gets it.\n"), ['1: is no token', '1: . Who '],
    'questions, and "there is no", are fine';

open my $rules, '<', 'scripts/dev/style-words.txt' or die "style-words.txt: $!\n";
my @rules = grep { !/^(#|\s*$)/ } <$rules>;
is_deeply [grep { !/^\S.* => \S/ } @rules], [], 'each pattern says what to write instead';
cmp_ok scalar @rules, '>=', 40, 'and there are many';
done_testing;
