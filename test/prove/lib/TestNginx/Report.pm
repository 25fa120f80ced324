package TestNginx::Report;

# What went wrong with an nginx that has ended: its error log, cores, sanitizers' and valgrind's reports.

use v5.36;

use Cwd            qw(abs_path);
use File::Basename qw(dirname);

my $suppressions = abs_path(dirname(__FILE__) . '/../../../sanitizers');

# What a library without frame pointers has allocated for us is a leak of ours only by the slow way to unwind. That takes most of
# the time, so it looks no deeper than a library may be: our frames must be among these.
sub set_sanitizer_options ($dir, $looks_for_leaks) {
    $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_PRELOAD} // return;
    my $log = "log_path=$dir/sanitizer";
    my @leaks = $looks_for_leaks ? qw(detect_leaks=1 fast_unwind_on_malloc=0 malloc_context_size=16) : 'detect_leaks=0';
    $ENV{ASAN_OPTIONS} = join ':', $ENV{ASAN_OPTIONS} // (), @leaks, 'detect_stack_use_after_return=1', $log;
    $ENV{UBSAN_OPTIONS} = join ':', $ENV{UBSAN_OPTIONS} // (), 'print_stacktrace=1', $log;
    $ENV{LSAN_OPTIONS}  = join ':', $ENV{LSAN_OPTIONS}  // (), 'exitcode=0';    # leaks are judged by sanitizer_errors
    return;
}

sub valgrind_command ($dir) {
    return (
        qw(valgrind --quiet --leak-check=full --show-leak-kinds=definite --num-callers=30 --xml=yes),
        "--xml-file=$dir/valgrind.%p.xml", "--suppressions=$suppressions/valgrind.supp", '--gen-suppressions=no',
    );
}

sub problems ($nginx) {
    my ($dir, $log) = ($nginx->dir, $nginx->log);
    my @lines = grep { /\[(?:alert|emerg)\]|worker process \d+ exited with code [^0]/ } split /^/, $log;
    if (my $allowed = $nginx->{options}{allow}) {
        @lines = grep { !/$allowed/ } @lines;
    }
    push @lines, map { "$_\n" } glob "$dir/core*";
    push @lines, map { sanitizer_errors(slurp($_)) } glob "$dir/sanitizer.*";
    push @lines, slurp("$dir/stderr") if slurp("$dir/stderr") =~ /runtime error:|Sanitizer|AddressSan/;
    push @lines, map { valgrind_errors(slurp($_)) } glob "$dir/valgrind.*.xml";
    push @lines, leaked_secrets($nginx, $log) if ($nginx->{options}{log_level} // '') ne 'debug';
    return @lines;
}

# Every error counts; a leak only when one of our modules stands in its stack (nginx leaves some memory to exit).
my $ours = qr{/ngx_http_(?:auth_jwt|auth_oauth2_token|mcp_resource)_module\.so};

sub sanitizer_errors ($report) {
    return $report if $report !~ /LeakSanitizer/;
    return grep { /^(?:Direct|Indirect) leak/ && /$ours/ } split /\n\n/, $report;
}

sub valgrind_errors ($xml) {
    my @errors = $xml =~ m{<error>(.*?)</error>}sg;
    return map { valgrind_text($_) } grep { !/<kind>Leak_/ || m{<obj>[^<]*$ours<} } @errors;
}

sub valgrind_text ($error) {
    my ($kind) = $error =~ m{<kind>(.*?)</kind>};
    my @frames = $error =~ m{<fn>(.*?)</fn>}g;
    return "valgrind: $kind in " . join(' < ', @frames) . "\n";
}

# nginx writes headers to its log at level debug; at any other, no part of a token may be there.
sub leaked_secrets ($nginx, $log) {
    my %parts = map { $_ => 1 } grep { length >= 12 } map { ($_, split /\./) } @{ $nginx->{secrets} // [] };
    return map { 'in the log: part of a token, ' . length($_) . " bytes\n" } grep { index($log, $_) >= 0 } keys %parts;
}

sub slurp ($file) {
    open my $in, '<:raw', $file or return '';
    local $/;
    return scalar(<$in>) // '';
}

1;
