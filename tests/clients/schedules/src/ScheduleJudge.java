import java.io.File;
import java.io.FileOutputStream;
import java.nio.charset.Charset;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Locale;
import java.util.function.Consumer;
import net.sf.mpxj.ActivityType;
import net.sf.mpxj.DayType;
import net.sf.mpxj.Duration;
import net.sf.mpxj.LocalDateRange;
import net.sf.mpxj.LocalTimeRange;
import net.sf.mpxj.PercentCompleteType;
import net.sf.mpxj.ProjectCalendar;
import net.sf.mpxj.ProjectCalendarHours;
import net.sf.mpxj.ProjectCalendarWeek;
import net.sf.mpxj.ProjectFile;
import net.sf.mpxj.RecurrenceType;
import net.sf.mpxj.RecurringData;
import net.sf.mpxj.Relation;
import net.sf.mpxj.Task;
import net.sf.mpxj.TimeUnit;
import net.sf.mpxj.mspdi.MSPDIWriter;
import net.sf.mpxj.primavera.PrimaveraXERFileWriter;
import net.sf.mpxj.reader.UniversalProjectReader;

/**
 * Writes schedules as MPXJ does, and says what MPXJ reads in a schedule: the judge of what the product reads.
 *
 * write FOLDER: plan.xml, plan-PAGE.xer, and hard.xml, hard.xer. read FILE: a line for each milestone, its fields between
 * tabs. work FILE: a line for each calendar and each activity.
 */
public class ScheduleJudge {
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("write")) {
            write(new File(arguments[1]));
        } else if (arguments[0].equals("work")) {
            work(new File(arguments[1]));
        } else {
            read(new File(arguments[1]));
        }
    }

    private static ProjectFile plan() {
        ProjectFile file = new ProjectFile();
        ProjectCalendar calendar = file.addDefaultBaseCalendar();
        calendar.addCalendarException(LocalDate.of(2026, 5, 1), LocalDate.of(2026, 5, 5));
        calendar.setWorkingDay(DayOfWeek.SATURDAY, true);
        calendar.getCalendarHours(DayOfWeek.SATURDAY).addAll(calendar.getCalendarHours(DayOfWeek.MONDAY));
        file.setDefaultCalendar(calendar);
        LocalDateTime begin = LocalDateTime.of(2026, 3, 2, 8, 0);
        file.getProjectProperties().setStartDate(begin);
        file.getProjectProperties().setName("Kühlwasser");
        for (int number = 1; number <= 40; number++) {
            Task work = file.addTask();
            work.setActivityID("W" + number);
            work.setName("work " + number);
            Duration length = Duration.getInstance(number * 2.5, TimeUnit.DAYS);
            LocalDateTime planned = calendar.getDate(begin, length);
            LocalDateTime expected = calendar.getDate(planned, Duration.getInstance(number % 7, TimeUnit.DAYS));
            set(work, begin, expected, begin, planned, length);
            Task milestone = file.addTask();
            milestone.setActivityID("M" + number);
            milestone.setName("Meilenstein " + number + " fertig é");
            milestone.setMilestone(true);
            milestone.setActivityType(ActivityType.FINISH_MILESTONE);
            set(milestone, expected, expected, planned, planned, Duration.getInstance(0, TimeUnit.HOURS));
            if (number % 5 == 0) {
                milestone.setActualStart(expected);
                milestone.setActualFinish(expected);
                milestone.setPercentageComplete(100.0);
            }
        }
        return file;
    }

    private static void set(
            Task task, LocalDateTime start, LocalDateTime finish, LocalDateTime planStart, LocalDateTime planFinish, Duration length) {
        task.setStart(start);
        task.setFinish(finish);
        task.setEarlyStart(start);
        task.setEarlyFinish(finish);
        task.setRemainingEarlyStart(start);
        task.setRemainingEarlyFinish(finish);
        task.setPlannedStart(planStart);
        task.setPlannedFinish(planFinish);
        task.setBaselineStart(planStart);
        task.setBaselineFinish(planFinish);
        task.setDuration(length);
        task.setRemainingDuration(length);
        task.setPlannedDuration(length);
    }

    /** What schedulers do: shifts, nights, holidays that come again, calendars of tasks, elapsed and estimated durations. */
    private static ProjectFile hard(boolean isXer) {
        ProjectFile file = new ProjectFile();
        ProjectCalendar standard = file.addDefaultBaseCalendar();
        standard.setName("Standard");
        standard.setUniqueID(1);
        standard.addCalendarException(LocalDate.of(2026, 5, 1), LocalDate.of(2026, 5, 5));
        standard.addCalendarException(LocalDate.of(2026, 12, 24)).add(hours(8, 0, 11, 30));
        ProjectCalendar shifts = file.addCalendar();
        shifts.setName("早晚班");
        shifts.setUniqueID(2);
        for (DayOfWeek day : DayOfWeek.values()) {
            shifts.setWorkingDay(day, day != DayOfWeek.SUNDAY);
            if (day == DayOfWeek.SUNDAY) {
                shifts.addCalendarHours(day);
            } else {
                ProjectCalendarHours worked = shifts.addCalendarHours(day);
                worked.add(hours(0, 0, 6, 0));
                worked.add(hours(14, 15, 21, 45));
                worked.add(new LocalTimeRange(LocalTime.of(22, 0), LocalTime.MIDNIGHT));
            }
        }
        ProjectCalendar derived = file.addCalendar();
        derived.setName("Crew");
        derived.setUniqueID(3);
        derived.setParent(standard);
        for (DayOfWeek day : DayOfWeek.values()) {
            derived.setCalendarDayType(day, DayType.DEFAULT);
        }
        derived.setWorkingDay(DayOfWeek.SATURDAY, true);
        derived.addCalendarHours(DayOfWeek.SATURDAY).add(hours(7, 0, 12, 0));
        derived.addCalendarException(LocalDate.of(2026, 6, 4), LocalDate.of(2026, 6, 5));
        if (!isXer) {
            recurring(standard, RecurrenceType.YEARLY, rule -> { rule.setDayNumber(3); rule.setMonthNumber(10); });
            recurring(derived, RecurrenceType.WEEKLY, rule -> { rule.setWeeklyDay(DayOfWeek.WEDNESDAY, true); rule.setFrequency(2); });
            recurring(shifts, RecurrenceType.MONTHLY, rule -> { rule.setDayNumber(15); rule.setFrequency(2); });
            recurring(shifts, RecurrenceType.MONTHLY, rule -> { rule.setRelative(true); rule.setDayNumber(5); rule.setDayOfWeek(DayOfWeek.FRIDAY); rule.setFrequency(1); });
            recurring(shifts, RecurrenceType.YEARLY, rule -> { rule.setRelative(true); rule.setDayNumber(2); rule.setDayOfWeek(DayOfWeek.TUESDAY); rule.setMonthNumber(9); });
            ProjectCalendarWeek week = standard.addWorkWeek();
            week.setName("Outage");
            week.setDateRange(new LocalDateRange(LocalDate.of(2026, 7, 6), LocalDate.of(2026, 7, 19)));
            for (DayOfWeek day : DayOfWeek.values()) {
                week.setWorkingDay(day, true);
                week.addCalendarHours(day).add(hours(6, 0, 18, 0));
            }
        }
        file.setDefaultCalendar(standard);
        file.getProjectProperties().setStartDate(LocalDateTime.of(2026, 3, 2, 8, 0));
        file.getProjectProperties().setStatusDate(LocalDateTime.of(2026, 6, 17, 12, 0));
        Task summary = isXer ? null : file.addTask();
        if (!isXer) {
            summary.setName("Cooling water");
        }
        ProjectCalendar[] calendars = {standard, shifts, derived};
        TimeUnit[] units = {TimeUnit.HOURS, TimeUnit.DAYS, TimeUnit.WEEKS, TimeUnit.MINUTES, TimeUnit.MONTHS};
        TimeUnit[] elapsed = {TimeUnit.ELAPSED_HOURS, TimeUnit.ELAPSED_DAYS, TimeUnit.ELAPSED_WEEKS};
        PercentCompleteType[] judged = {PercentCompleteType.DURATION, PercentCompleteType.PHYSICAL, PercentCompleteType.UNITS};
        Task before = null;
        for (int number = 1; number <= 60; number++) {
            Task task = isXer ? file.addTask() : summary.addTask();
            task.setName("work " + number);
            task.setActivityID("H" + number);
            ProjectCalendar calendar = calendars[number % 3];
            boolean isElapsed = !isXer && number % 7 == 0;
            if (isXer || number % 2 == 0) {
                task.setCalendar(calendar);
            }
            TimeUnit unit = isElapsed ? elapsed[number % elapsed.length] : isXer ? TimeUnit.HOURS : units[number % units.length];
            Duration length = Duration.getInstance(1 + number % 9, unit);
            LocalDateTime begin = calendar.getNextWorkStart(LocalDateTime.of(2026, 3, 2, 8, 0).plusDays(number * 4L));
            LocalDateTime end = calendar.getDate(begin, Duration.getInstance(number % 17 + 1, TimeUnit.HOURS));
            set(task, begin.plusDays(2), end.plusDays(2), begin, end, length);
            task.setEstimated(number % 11 == 0);
            task.setPercentCompleteType(judged[number % 3]);
            double done = number < 20 ? 100 : number < 40 ? (number * 7) % 100 : 0;
            task.setPercentageComplete(done);
            task.setPhysicalPercentComplete((number * 3) % 90);
            if (done > 0) {
                task.setActualStart(begin.plusDays(2));
                task.setActualDuration(Duration.getInstance(length.getDuration() * done / 100, length.getUnits()));
                task.setRemainingDuration(Duration.getInstance(length.getDuration() * (1 - done / 100), length.getUnits()));
            }
            if (done == 100) {
                task.setActualFinish(end.plusDays(2));
            }
            task.setActualWorkLabor(Duration.getInstance(number, TimeUnit.HOURS));
            task.setRemainingWorkLabor(Duration.getInstance(60 - number, TimeUnit.HOURS));
            if (before != null) {
                Duration lag = Duration.getInstance(number % 5 - 2, number % 2 == 0 ? TimeUnit.DAYS : TimeUnit.ELAPSED_DAYS);
                task.addPredecessor(new Relation.Builder().predecessorTask(before).lag(isXer ? Duration.getInstance(number % 5 - 2, TimeUnit.HOURS) : lag));
            }
            before = task;
        }
        Task milestone = isXer ? file.addTask() : summary.addTask();
        milestone.setName("Mechanical completion");
        milestone.setActivityID("MC");
        milestone.setMilestone(true);
        milestone.setActivityType(ActivityType.FINISH_MILESTONE);
        LocalDateTime end = LocalDateTime.of(2026, 9, 30, 17, 0);
        set(milestone, end, end, end, end, Duration.getInstance(0, TimeUnit.HOURS));
        return file;
    }

    private static LocalTimeRange hours(int fromHour, int fromMinute, int toHour, int toMinute) {
        return new LocalTimeRange(LocalTime.of(fromHour, fromMinute), LocalTime.of(toHour, toMinute));
    }

    private static void recurring(ProjectCalendar calendar, RecurrenceType type, Consumer<RecurringData> as) {
        RecurringData rule = new RecurringData();
        rule.setRecurrenceType(type);
        rule.setStartDate(LocalDate.of(2026, 1, 5));
        rule.setFinishDate(LocalDate.of(2027, 11, 30));
        rule.setUseEndDate(true);
        as.accept(rule);
        calendar.addCalendarException(rule);
    }

    private static void write(File folder) throws Exception {
        for (String name : new String[] {"plan", "hard"}) {
            try (FileOutputStream stream = new FileOutputStream(new File(folder, name + ".xml"))) {
                new MSPDIWriter().write(name.equals("plan") ? plan() : hard(false), stream);
            }
        }
        for (String page : new String[] {"windows-1252", "UTF-8", "GB18030"}) {
            save(plan(), new File(folder, "plan-" + page + ".xer"), page);
        }
        save(hard(true), new File(folder, "hard.xer"), "UTF-8");
    }

    private static void save(ProjectFile file, File out, String page) throws Exception {
        PrimaveraXERFileWriter writer = new PrimaveraXERFileWriter();
        writer.setCharset(Charset.forName(page));
        try (FileOutputStream stream = new FileOutputStream(out)) {
            writer.write(file, stream);
        }
    }

    /** Each calendar's working minutes of every day of two years; of each activity its hours, percent and planned hours. */
    private static void work(File source) throws Exception {
        ProjectFile file = new UniversalProjectReader().read(source);
        boolean isXer = source.getName().endsWith(".xer");
        for (ProjectCalendar calendar : file.getCalendars()) {
            StringBuilder days = new StringBuilder();
            for (LocalDate day = LocalDate.of(2026, 1, 1); day.getYear() < 2028; day = day.plusDays(1)) {
                days.append(' ').append(Math.round(calendar.getWork(day, TimeUnit.MINUTES).getDuration()));
            }
            System.out.println("calendar\t" + calendar.getUniqueID() + "\t" + days.toString().trim());
        }
        LocalDateTime status = file.getProjectProperties().getStatusDate();
        status = status == null ? file.getProjectProperties().getCurrentDate() : status;
        System.out.println("status\t" + (status == null ? "" : status.toLocalDate()));
        for (Task task : file.getTasks()) {
            boolean isWork = !isXer || task.getActivityType() == ActivityType.TASK_DEPENDENT || task.getActivityType() == ActivityType.RESOURCE_DEPENDENT;
            if (task.getMilestone() || task.getSummary() || !isWork || task.getUniqueID() == 0) {
                continue;
            }
            ProjectCalendar calendar = task.getEffectiveCalendar();
            boolean isElapsed = !isXer && task.getDuration().getUnits().isElapsed();
            LocalDateTime begin = isXer ? task.getPlannedStart() : task.getBaselineStart();
            LocalDateTime end = isXer ? task.getPlannedFinish() : task.getBaselineFinish();
            Duration length = isXer ? task.getPlannedDuration() : task.getDuration();
            double hours = length.convertUnits(TimeUnit.HOURS, calendar).getDuration();
            double planned = isElapsed ? java.time.Duration.between(begin, end).toMinutes() / 60.0 : calendar.getWork(begin, end, TimeUnit.HOURS).getDuration();
            Number done = isXer ? task.getActivityPercentComplete() : task.getPercentageComplete();
            if (task.getActualFinish() != null) {
                done = 100; // what is finished is done, whatever it is judged by
            }
            System.out.println(String.format(Locale.ROOT, "work\t%s\t%.2f\t%.1f\t%.2f\t%s\t%s",
                isXer ? task.getActivityID() : task.getUniqueID(), hours, done == null ? 0.0 : done.doubleValue(), planned,
                task.getActualStart() != null, task.getActualFinish() != null));
        }
    }

    private static void read(File source) throws Exception {
        ProjectFile file = new UniversalProjectReader().read(source);
        boolean isXer = source.getName().endsWith(".xer");
        for (Task task : file.getTasks()) {
            if (!task.getMilestone() || task.getSummary()) {
                continue;
            }
            Object key = isXer ? task.getActivityID() : task.getUniqueID();
            LocalDateTime planned = isXer ? task.getPlannedFinish() : task.getBaselineFinish();
            LocalDateTime expected = isXer && task.getRemainingEarlyFinish() != null ? task.getRemainingEarlyFinish() : task.getFinish();
            System.out.println(key + "\t" + day(planned) + "\t" + day(expected) + "\t" + day(task.getActualFinish()));
        }
    }

    private static String day(LocalDateTime time) {
        return time == null ? "" : time.toLocalDate().toString();
    }
}
