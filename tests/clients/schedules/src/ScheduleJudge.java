import java.io.File;
import java.io.FileOutputStream;
import java.nio.charset.Charset;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import net.sf.mpxj.ActivityType;
import net.sf.mpxj.Duration;
import net.sf.mpxj.ProjectCalendar;
import net.sf.mpxj.ProjectFile;
import net.sf.mpxj.Task;
import net.sf.mpxj.TimeUnit;
import net.sf.mpxj.mspdi.MSPDIWriter;
import net.sf.mpxj.primavera.PrimaveraXERFileWriter;
import net.sf.mpxj.reader.UniversalProjectReader;

/**
 * Writes schedules as MPXJ does, and says what MPXJ reads in a schedule: the judge of what the product reads.
 *
 * write FOLDER: plan.xml, plan.xer and plan-PAGE.xer. read FILE: a line for each milestone, its fields between tabs.
 */
public class ScheduleJudge {
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("write")) {
            write(new File(arguments[1]));
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

    private static void write(File folder) throws Exception {
        try (FileOutputStream stream = new FileOutputStream(new File(folder, "plan.xml"))) {
            new MSPDIWriter().write(plan(), stream);
        }
        for (String page : new String[] {"windows-1252", "UTF-8", "GB18030"}) {
            PrimaveraXERFileWriter writer = new PrimaveraXERFileWriter();
            writer.setCharset(Charset.forName(page));
            try (FileOutputStream stream = new FileOutputStream(new File(folder, "plan-" + page + ".xer"))) {
                writer.write(plan(), stream);
            }
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
